/** Where a text is no JSON, in V8's reason and our own place: of some faults V8 names none, but quotes what stands there, with its line breaks. */

export interface JsonFault {
  /** From 1. */
  line: number;
  reason: string;
  /** The text ends before it is complete. */
  breaksOff: boolean;
  /** The first letter that cannot stand there. */
  at: number;
}

/** @param thrown by `JSON.parse` of the text */
export function jsonFault(text: string, thrown: unknown): JsonFault {
  const said = thrown instanceof Error ? thrown.message : String(thrown);
  const breaksOff = /unexpected end/i.test(said);
  const position = positionIn(said);
  const at = breaksOff ? text.length : (position ?? longestBeginning(text));
  const reason = said.replace(/( in JSON)? at position \d+.*$/s, '').replace(/, (\.\.\.)?"[\s\S]*$/, '');
  return { line: text.slice(0, at).split('\n').length, reason, breaksOff, at };
}

const positionIn = (said: string): number | undefined => {
  const found = /position (\d+)/.exec(said)?.[1];
  return found === undefined ? undefined : Number(found);
};

/** The fault stands behind the longest beginning that JSON could begin with: of a longer one V8 says something else than that it ends too early. */
function longestBeginning(text: string): number {
  let [sound, faulty] = [0, text.length];
  while (faulty - sound > 1) {
    const middle = (sound + faulty) >> 1;
    if (isBeginning(text.slice(0, middle))) sound = middle;
    else faulty = middle;
  }
  return sound;
}

function isBeginning(text: string): boolean {
  try {
    JSON.parse(text);
    return true;
  } catch (thrown) {
    const said = thrown instanceof Error ? thrown.message : '';
    return /unexpected end/i.test(said) || positionIn(said) === text.length;
  }
}
