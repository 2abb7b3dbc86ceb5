/** What was read as it stands, and looks like a table of another dialect to a person: values in single quotes, rows separated by spaces. */
import type { Finding } from '../../../shared/kind/define-spec.ts';
import { shapeOf, type Shape } from './csv-head.ts';
import { quoteOf, type CsvParams } from './read-csv-sql.ts';

export const otherDialect = (
  node: string,
  p: CsvParams,
  body: string,
  shape: Shape | undefined,
  names: readonly string[],
): Finding[] => [...singleQuotes(node, p, shape), ...spaces(node, p, body, shape, names)];

const isQuoted = (value: string): boolean => /^'.*'$/s.test(value.trim());

/** A column whose every value stands in single quotes, or a header that does. */
function singleQuotes(node: string, p: CsvParams, shape: Shape | undefined): Finding[] {
  if (p.quote !== 'double' || shape === undefined || shape.rows.length < 2) return [];
  const whole = shape.rows.filter(({ fields }) => fields.length === shape.width);
  const header = whole[0]?.fields ?? [];
  const column = header.findIndex((_, i) => whole.every(({ fields }) => isQuoted(fields[i] ?? '')));
  if (column < 0 && !header.every(isQuoted)) return [];
  return [
    {
      code: 'csv.single-quotes',
      severity: 'warning',
      message: `Values stand in single quotes, such as ${(column < 0 ? header[0] : whole.at(-1)?.fields[column]) ?? ''}, which were read as part of them.`,
      mend: 'Set quotes to single.',
      param: 'quote',
      fixes: [{ do: 'set', title: 'Single quotes', node, param: 'quote', value: 'single' }],
    },
  ];
}

/** One column, whose rows and name fall apart into equally many words. */
function spaces(
  node: string,
  p: CsvParams,
  body: string,
  shape: Shape | undefined,
  [name = '', ...others]: readonly string[],
): Finding[] {
  if (p.delimiter !== 'auto' || others.length > 0 || shape !== undefined || !name.includes(' ')) return [];
  const words = shapeOf(body, ' ', quoteOf(p));
  if (words.agreement < 1 || words.width < 2 || words.rows.length < 3) return [];
  return [
    {
      code: 'csv.separator',
      severity: 'warning',
      message: `The file was read as one column; its rows look separated by spaces, into ${words.width} values each.`,
      mend: 'Set the separator to space.',
      param: 'delimiter',
      fixes: [{ do: 'set', title: 'Separated by spaces', node, param: 'delimiter', value: 'space' }],
    },
  ];
}
