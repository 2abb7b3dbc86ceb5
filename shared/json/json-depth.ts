/** How deep JSON text is nested. It is read as text, before anybody walks the value: walkers call themselves, and a body of brackets would end them. */
export function jsonDepth(text: string): number {
  let [depth, deepest, inText] = [0, 0, false];
  for (let i = 0; i < text.length; i++) {
    const sign = text.charCodeAt(i);
    if (inText) {
      if (sign === 92) i++;
      else if (sign === 34) inText = false;
    } else if (sign === 34) inText = true;
    else if (sign === 91 || sign === 123) deepest = Math.max(deepest, ++depth);
    else if (sign === 93 || sign === 125) depth--;
  }
  return deepest;
}
/** No question and no schema that a person means is deeper. */
export const deepestJson = 200;
