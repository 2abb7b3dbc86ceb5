/** Values whose automatic type loses something: long numbers digits before their point, dates their one meaning. */
import { decimalMarks, thousandsMarks } from '../../../shared/cell-reading.ts';
import type { Finding } from '../../../shared/spec/define-spec.ts';
import type { Shape } from './csv-head.ts';
import type { CsvParams } from './read-csv-sql.ts';

export function suspectValues(
  node: string,
  p: CsvParams,
  shape: Shape,
  columns: readonly { name: string; type: string }[],
): Finding[] {
  if (columns.length !== shape.width) return [];
  const findings: Finding[] = [];
  columns.forEach(({ name, type }, i) => {
    const values = shape.rows.slice(1).flatMap(({ fields }) => fields[i]?.trim() ?? []);
    const set = (value: string, title: string) => ({
      do: 'set' as const,
      title,
      node,
      param: 'types',
      value: { ...p.types, [name]: value },
    });
    if (type === 'DOUBLE' && !Object.hasOwn(p.types, name)) {
      const long = values.find((value) => losesDigits(value, p));
      if (long !== undefined)
        findings.push({
          code: 'csv.digits-lost',
          severity: 'warning',
          message: `"${name}" has numbers too long for a number, such as ${long}: their last digits are lost.`,
          mend: 'Read the column as text, if it names things, or as a decimal number with so many digits.',
          param: 'types',
          column: name,
          fixes: [set('text', `Read "${name}" as text`)],
        });
    }
    if (
      (type === 'DATE' || type.startsWith('TIMESTAMP')) &&
      p.dateFormat === '' &&
      p.timestampFormat === '' &&
      !Object.hasOwn(p.types, name)
    ) {
      const slashed = values.filter((value) => /^\d{1,2}[/.-]\d{1,2}[/.-]\d{2,4}/.test(value));
      const sign = slashed[0]?.replaceAll(/\d/g, '').charAt(0) ?? '/';
      if (
        slashed.length > 0 &&
        sign !== '.' &&
        slashed.every((value) => Number(value.split(/[/.-]/)[0]) <= 12 && Number(value.split(/[/.-]/)[1]) <= 12)
      ) {
        const year = /[/.-]\d{4}/.test(slashed[0] ?? '') ? '%Y' : '%y';
        const param = type === 'DATE' ? 'dateFormat' : 'timestampFormat';
        const fixes =
          type === 'DATE'
            ? [
                { do: 'set' as const, title: 'Day first', node, param, value: `%d${sign}%m${sign}${year}` },
                { do: 'set' as const, title: 'Month first', node, param, value: `%m${sign}%d${sign}${year}` },
              ]
            : [];
        findings.push({
          code: 'csv.ambiguous-date',
          severity: 'warning',
          message: `"${name}" has dates such as ${slashed[0]}, which may be day first or month first.`,
          mend: 'Choose the date format.',
          param,
          column: name,
          fixes,
        });
      }
    }
  });
  return findings;
}

/** Of the digits before the point: those behind it are seldom meant to the last. */
function losesDigits(value: string, { decimalMark, thousandsMark }: CsvParams): boolean {
  const [whole = '', ...rest] = value
    .replaceAll(thousandsMarks[thousandsMark] || /$^/g, '')
    .split(decimalMarks[decimalMark]);
  if (rest.length > 1 || !/^[+-]?\d{16,}$/.test(whole) || !/^\d*$/.test(rest[0] ?? '')) return false;
  return BigInt(whole.replace('+', '')) !== BigInt(Math.trunc(Number(`${whole}.${rest[0] ?? ''}`)));
}
