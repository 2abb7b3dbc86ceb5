/** A prompt's text with `{{column}}` in it: its pieces, and the columns that it names. */
export interface TemplatePiece {
  text: string;
  /** The text names a column. */
  isColumn: boolean;
}

const placeholder = /\{\{\s*([^{}]+?)\s*\}\}/g;

export function readTemplate(template: string): TemplatePiece[] {
  const pieces: TemplatePiece[] = [];
  let at = 0;
  for (const match of template.matchAll(placeholder)) {
    if (match.index > at) pieces.push({ text: template.slice(at, match.index), isColumn: false });
    pieces.push({ text: match[1] ?? '', isColumn: true });
    at = match.index + match[0].length;
  }
  if (at < template.length) pieces.push({ text: template.slice(at), isColumn: false });
  return pieces;
}

export const columnsInTemplate = (template: string): string[] => [
  ...new Set(readTemplate(template).flatMap((piece) => (piece.isColumn ? [piece.text] : []))),
];

/** With values in place of names; a name without a value stays as it is written. */
export const fillTemplate = (template: string, values: Readonly<Record<string, string>>): string =>
  readTemplate(template)
    .map(({ text, isColumn }) => (isColumn ? (values[text] ?? `{{${text}}}`) : text))
    .join('');
