/** Values whose automatic type loses something: long numbers digits before their point, times those behind microseconds, dates their one meaning, yes and no their words. */
import { append } from '../../../shared/append.ts';
import type { Finding } from '../../../shared/kind/define-spec.ts';
import type { Shape } from './csv-head.ts';
import { readAs } from './explain-csv.ts';
import { beyondNumbers, digitsLost, isBeyond, isFinerTime, losesDigits } from './lost-digits.ts';
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
    const isFound = !Object.hasOwn(p.types, name);
    const beyond = /^(DOUBLE|FLOAT|REAL)$/.test(type)
      ? shape.rows.find(({ fields }) => isBeyond(fields[i] ?? '', type, p))
      : undefined;
    if (beyond !== undefined) {
      const [line, value] = [beyond.line, (beyond.fields[i] ?? '').trim()];
      const at = `Line ${line.toLocaleString('en-US')}`;
      findings.push(beyondNumbers(node, p, { name, type, value }, { at, facts: { line } }));
    }
    const long =
      type === 'DOUBLE' && isFound
        ? values.find((value) => losesDigits(value, p))
        : /^TIME(STAMP)?( WITH TIME ZONE)?$/.test(type) && isFound
          ? values.find(isFinerTime)
          : undefined;
    if (long !== undefined) findings.push(digitsLost(node, p, { name, type, value: long }));
    if (type === 'BOOLEAN' && isFound) append(findings, wordsRead(node, p, name, values));
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

/** true and false stand for themselves; of other words the table has no trace, nor what is written from it. */
function wordsRead(node: string, p: CsvParams, name: string, values: readonly string[]): Finding[] {
  const words = [...new Set(values)].filter((word) => word !== '' && !p.missingWords.includes(word));
  if (words.every((word) => /^(true|false)$/i.test(word))) return [];
  const said = words
    .toSorted()
    .slice(0, 4)
    .map((word) => `"${word}"`);
  return [
    {
      code: 'csv.words-as-boolean',
      severity: 'warning',
      message: `"${name}" has ${said.join(' and ')}, which ${said.length === 1 ? 'is' : 'are'} read as true and false.`,
      mend: 'Read the column as text, if the words are to stay as they are; or say that yes/no is right.',
      param: 'types',
      column: name,
      fixes: [readAs(node, p, name, 'text'), readAs(node, p, name, 'boolean')],
    },
  ];
}
