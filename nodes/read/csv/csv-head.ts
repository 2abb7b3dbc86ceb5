/** The beginning of a CSV file, looked at without DuckDB's sniffer: which separator fits, and which rows do not. Pure. */

export interface CsvRow {
  /** Line in the file where the row begins, from 1. */
  line: number;
  fields: string[];
}

/** Rows of a text with RFC 4180's quoting. A last row whose quote is still open is left out: the text was cut there. */
export function parseCsvHead(text: string, delimiter: string, quote: string): CsvRow[] {
  const rows: CsvRow[] = [];
  let fields: string[] = [];
  let field = '';
  let quoted = false;
  let line = 1;
  let begin = 1;
  const endRow = (): void => {
    fields.push(field);
    // A blank line is no row.
    if (fields.length > 1 || field !== '') rows.push({ line: begin, fields });
    [fields, field] = [[], ''];
  };
  for (let i = 0; i < text.length; i++) {
    const letter = text.charAt(i);
    if (letter === '\n') line++;
    if (quoted) {
      if (letter !== quote) field += letter;
      else if (text.charAt(i + 1) === quote) [field, i] = [field + quote, i + 1];
      else quoted = false;
    } else if (quote !== '' && letter === quote && field === '') quoted = true;
    else if (text.startsWith(delimiter, i)) {
      fields.push(field);
      field = '';
      i += delimiter.length - 1;
    } else if (letter === '\n') {
      endRow();
      begin = line;
    } else if (letter !== '\r') field += letter;
  }
  if (!quoted && (field !== '' || fields.length > 0)) endRow();
  return rows;
}

export interface Shape {
  delimiter: string;
  rows: CsvRow[];
  /** Values that most rows have. */
  width: number;
  /** Share of rows with that many. */
  agreement: number;
}

export function shapeOf(text: string, delimiter: string, quote: string): Shape {
  const rows = parseCsvHead(text, delimiter, quote);
  const counts = new Map<number, number>();
  for (const { fields } of rows) counts.set(fields.length, (counts.get(fields.length) ?? 0) + 1);
  let [width, most] = [0, 0];
  // Of equally frequent widths the larger: two rows of two and two rows of three are a table of three.
  for (const [w, n] of counts) if (n > most || (n === most && w > width)) [width, most] = [w, n];
  return { delimiter, rows, width, agreement: rows.length === 0 ? 0 : most / rows.length };
}

/** The separator that splits the head into the most even table of more than one column, if any does. */
export function guessShape(text: string, quote: string): Shape | undefined {
  const shapes = [',', ';', '\t', '|']
    .map((delimiter) => shapeOf(text, delimiter, quote))
    .filter((shape) => shape.width > 1 && shape.agreement >= 0.5);
  return shapes.toSorted((a, b) => b.agreement - a.agreement || b.width - a.width)[0];
}

export interface Ragged {
  line: number;
  expected: number;
  found: number;
}

/** Rows of another length, after the header. Lines above the table (titles, notes) do not count. */
export function raggedRows(shape: Shape): Ragged[] {
  const first = shape.rows.findIndex(({ fields }) => fields.length === shape.width);
  return shape.rows
    .slice(Math.max(0, first))
    .flatMap(({ line, fields }) =>
      fields.length === shape.width ? [] : [{ line, expected: shape.width, found: fields.length }],
    );
}
