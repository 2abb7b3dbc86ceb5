/** DuckDB's name of a type, taken apart: `STRUCT(a DOUBLE, "b c" INTEGER[])[]`. */

export type NestedType =
  | { form: 'plain'; type: string }
  | { form: 'list'; of: string; /** It has a fixed length. */ isArray: boolean }
  | { form: 'struct'; fields: { name: string; type: string }[] }
  | { form: 'map'; key: string; value: string };

export function readType(type: string): NestedType {
  const list = /^([\s\S]*)\[(\d*)\]$/.exec(type);
  if (list !== null) return { form: 'list', of: list[1] ?? '', isArray: list[2] !== '' };
  const [, outer = '', inside = ''] = /^(STRUCT|MAP)\(([\s\S]*)\)$/.exec(type) ?? [];
  const parts = outer === '' ? [] : splitParts(inside);
  if (outer === 'MAP') return { form: 'map', key: parts[0] ?? '', value: parts[1] ?? '' };
  return outer === 'STRUCT' ? { form: 'struct', fields: parts.map(readField) } : { form: 'plain', type };
}

/** By the commas that stand in no quotes and no parentheses. */
function splitParts(text: string): string[] {
  const parts: string[] = [];
  let [depth, quote, begin] = [0, '', 0];
  for (let i = 0; i < text.length; i++) {
    const letter = text.charAt(i);
    // A doubled quote inside ends and begins.
    if (quote !== '') quote = letter === quote ? '' : quote;
    else if (letter === '"' || letter === "'") quote = letter;
    else if (letter === '(') depth++;
    else if (letter === ')') depth--;
    else if (letter === ',' && depth === 0) {
      parts.push(text.slice(begin, i).trim());
      begin = i + 1;
    }
  }
  return [...parts, text.slice(begin).trim()];
}

function readField(text: string): { name: string; type: string } {
  const [, quoted, bare, type = ''] = /^(?:"((?:[^"]|"")*)"|(\S+))\s+([\s\S]*)$/.exec(text) ?? [];
  return { name: quoted?.replaceAll('""', '"') ?? bare ?? '', type };
}
