/** A first look at SQL that a person typed, without a parser: enough to know whether a row can be computed alone. The planner's parser has the last word. */

/** Text without strings, quoted names and comments. */
export const bareWords = (text: string): string => text.replaceAll(/'[^']*'|"[^"]*"|--[^\n]*|\/\*[\s\S]*?\*\//g, ' ');

/** Does the expression look at other rows: a window or a query inside it? */
export const looksAtOtherRows = (text: string): boolean =>
  /\bover\s*[(\w]|\b(select|from)\b/i.test(
    bareWords(text).replaceAll(
      /\b(extract|substring|trim|overlay|is\s+(not\s+)?distinct)\b[^()]*\(?[^()]*?\bfrom\b/gi,
      ' ',
    ),
  );

/** Is the text closed: every bracket and quote has its end, and nothing follows a semicolon? */
export function unclosed(text: string): string | undefined {
  const bare = bareWords(text);
  if (/['"]/.test(bare)) return bare.includes("'") ? "a quote ' has no end" : 'a quote " has no end';
  let depth = 0;
  for (const letter of bare) {
    if (letter === '(') depth++;
    if (letter === ')' && --depth < 0) return 'a bracket ) has no beginning';
  }
  if (depth > 0) return 'a bracket ( has no end';
  return bare.includes(';') ? 'there is a semicolon in it' : undefined;
}
