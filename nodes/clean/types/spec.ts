import * as z from 'zod';
import { missingColumn } from '../../../shared/kind/column-findings.ts';
import { columnTypeField, sayType, sqlType } from '../../../shared/kind/column-types.ts';
import { defineSpec, type Finding } from '../../../shared/kind/define-spec.ts';
import { field } from '../../../shared/kind/fields/fields.ts';
import { typeFamily } from '../../../shared/wires.ts';

export const spec = defineSpec({
  kind: 'clean.types',
  version: 1,
  computes: 2,
  title: 'Column types',
  about: 'Turns columns into numbers, texts, dates or yes/no.',
  keywords: [
    'cast',
    'convert',
    'astype',
    'to_numeric',
    'to_datetime',
    'parse date',
    'string to number',
    'number to string',
    'edit domain',
    'data type',
    'change type',
    'auto field',
    'currency',
    'percent',
    'cast to integer',
    'data types',
    'parse dates',
    'parse numbers',
    'date time parse',
    'try_cast',
    'strptime',
    'auto type cast',
    'type conversion',
    'text to number',
    'DateTime',
  ],
  icon: 'replace',
  inputs: { rows: { wire: 'table', title: 'Rows' } },
  outputs: { rows: { wire: 'table', title: 'Rows' } },
  params: z.strictObject({
    types: field.map(columnTypeField, {
      title: 'Types',
      help: 'Column → type. Columns that are not listed stay as they are.',
      keys: 'column',
    }),
    unconvertible: field.choice({
      title: 'Values that do not fit',
      help: 'Stop and say how many there are and what they look like, or make them missing.',
      choices: { error: 'stop and show them', missing: 'become missing' },
      default: 'error',
    }),
    decimalMark: field.choice({
      title: 'Decimal mark',
      help: 'For texts that become numbers: 1.5 or 1,5. With a comma, points are taken as thousands marks, and the other way round.',
      choices: { point: 'point', comma: 'comma' },
      default: 'point',
    }),
    percent: field.choice({
      title: 'Percent',
      help: 'For texts that become numbers: what 45 % is.',
      choices: { share: 'a share: 0.45', written: 'as written: 45' },
      default: 'share',
    }),
    dateFormat: field.text({
      title: 'Date format',
      help: 'For texts that become dates or times. Empty: 2024-12-31 and 2024-12-31 17:30. 31.12.2024 is %d.%m.%Y.',
      placeholder: '%d.%m.%Y',
    }),
  }),
  form: 'relational',
  rows: 'same',
  summary: (p) => {
    const said = Object.entries(p.types).map(([name, type]) => `${name} to ${sayType(type)}`);
    return said.length === 0
      ? 'set types: none yet'
      : `${said.slice(0, 3).join(', ')}${said.length > 3 ? ` and ${said.length - 3} more` : ''}`;
  },
  check: ({ node, params: { types, dateFormat }, inputs }) => [
    ...(Object.keys(types).length === 0
      ? [
          {
            code: 'param.empty',
            severity: 'warning' as const,
            message: 'No column is given a type yet.',
            mend: 'Add a column.',
            param: 'types',
          },
        ]
      : []),
    ...Object.entries(types).flatMap(([name, type]): Finding[] => {
      const others = Object.fromEntries(Object.entries(types).filter(([other]) => other !== name));
      const missing = missingColumn({ node, param: 'types' }, name, inputs['rows'], (near) => ({
        ...others,
        [near]: type,
      }));
      if (missing.length > 0) return missing;
      const from = inputs['rows']?.columns.find((c) => c.name === name)?.type;
      const families = from === undefined ? undefined : `${typeFamily(from)} ${typeFamily(sqlType(type))}`;
      if (
        families === 'number time' ||
        families === 'boolean time' ||
        families === 'time number' ||
        families === 'time boolean'
      )
        return [
          {
            code: 'types.no-way',
            message: `"${name}" is ${typeFamily(from ?? '') === 'time' ? 'a date or time' : 'a number'}, and there is no one way to make it ${sayType(type)}.`,
            mend:
              families === 'number time'
                ? `Use a formula: to_timestamp("${name}") for seconds since 1970.`
                : `Use a formula: epoch("${name}") for seconds since 1970, or year("${name}").`,
            param: 'types',
            column: name,
          },
        ];
      return [];
    }),
    ...(dateFormat !== '' && !dateFormat.includes('%')
      ? [
          {
            code: 'types.format',
            message: `"${dateFormat}" is not a date format.`,
            mend: 'Use %d for the day, %m for the month, %Y for the year: %d.%m.%Y.',
            param: 'dateFormat',
          },
        ]
      : []),
  ],
});
