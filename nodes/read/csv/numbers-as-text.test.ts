import { describe, expect, it } from 'vitest';
import { runSql, table } from '../../../test/support/run-sql.ts';
import derive from '../../clean/derive/run.ts';
import { spec as deriveSpec } from '../../clean/derive/spec.ts';
import type { Fix } from '../../../shared/errors.ts';
import { shapeOf } from './csv-head.ts';
import { numbersAsText } from './numbers-as-text.ts';
import { spec } from './spec.ts';

const look = (values: readonly string[], params: Record<string, unknown> = {}) =>
  numbersAsText(
    'it',
    spec.params.parse({ file: 'x.csv', ...params }),
    shapeOf(`x;y\n${values.map((value) => `${value};1`).join('\n')}\n`, ';', '"'),
    [
      { name: 'x', type: 'VARCHAR' },
      { name: 'y', type: 'BIGINT' },
    ],
  );
const said = (values: readonly string[], params: Record<string, unknown> = {}): string[] =>
  look(values, params).map(({ message, mend }) => `${message} ${mend ?? ''}`);

describe('a column of texts that are numbers to a person is named, with the mend', () => {
  it.each<[string, string[], Record<string, unknown>, string[]]>([
    [
      'a decimal comma',
      ['1,5', '2,25', '3', '-4,0', '0,5'],
      {},
      ['"x" is read as text: the numbers have a decimal comma, such as 1,5. Set the decimal mark to comma.'],
    ],
    [
      'a decimal comma and points between thousands',
      ['1.234,50', '2,25', '3.000', '4,0', '0,5'],
      {},
      [
        '"x" is read as text: the numbers have a decimal comma, such as 1.234,50. Set the decimal mark to comma and then the thousands mark to point.',
      ],
    ],
    [
      'a decimal comma beside a word for "missing"',
      ['1,5', 'k.A.', '2,25', 'k.A.', '3,5', '0,5'],
      {},
      ['"x" is read as text: the numbers have a decimal comma, such as 1,5. Set the decimal mark to comma.'],
    ],
    [
      'a word for "missing", once the comma is set',
      ['1,5', 'k.A.', '2,25', 'k.A.', '3,5', '0,5'],
      { decimalMark: 'comma' },
      [
        '"x" is read as text: the numbers stand among "k.A.", such as 1,5. Add "k.A." to the words for "missing", if it means that.',
      ],
    ],
    [
      'points between thousands, once the comma is set',
      ['1.234,50', '2,25', '3.000', '4,0', '0,5'],
      { decimalMark: 'comma' },
      [
        '"x" is read as text: the numbers have a point between thousands, such as 1.234,50. Set the thousands mark to point.',
      ],
    ],
    [
      'commas that may stand between thousands, or be decimal ones',
      ['12,345', '1,000', '900', '7,200', '3,400'],
      {},
      [
        '"x" is read as text: the numbers have a comma between thousands, such as 12,345. Set the thousands mark to comma; or the decimal mark, if 12,345 is less than a thousand.',
      ],
    ],
    [
      'a decimal comma with three digits behind it',
      ['0,125', '1,500', '2', '17,250', '5,375'],
      {},
      ['"x" is read as text: the numbers have a decimal comma, such as 0,125. Set the decimal mark to comma.'],
    ],
    [
      'spaces between thousands',
      ['12 345', '2', '1 000', '17', '5'],
      {},
      [
        '"x" is read as text: the numbers have a space between thousands, such as 12 345. Set the thousands mark to space.',
      ],
    ],
    [
      'amounts below zero in parentheses',
      ['$1,234.50', '($20.00)', '$3', '$0.5', '$7'],
      {},
      [
        '"x" is read as text: the numbers have a minus of another form, such as ($20.00). Make numbers of them with a formula after this node.',
      ],
    ],
    [
      'a unit',
      ['5 kg', '6 kg', '7 kg', '8.5 kg', '9 kg'],
      {},
      [
        '"x" is read as text: the numbers have signs or units beside them, such as 5 kg. Make numbers of them with a formula after this node.',
      ],
    ],
    [
      'spaces around',
      [' 1.5 ', ' 2', '3 ', '4', '5'],
      {},
      [
        '"x" is read as text: the numbers have spaces around them, such as "1.5". Turn them into numbers with Column types after this node.',
      ],
    ],
    [
      'a word for "missing"',
      ['1', '?', '3', '4', '?'],
      {},
      [
        '"x" is read as text: the numbers stand among "?", such as 1. Add "?" to the words for "missing", if it means that.',
      ],
    ],
    [
      'dates that the reader left',
      ['01.03.2021', '31.12.2021', '02.02.2022', '03.03.2022', '04.04.2022'],
      {},
      [
        '"x" is read as text, with dates such as 01.03.2021. Turn it into dates with Column types after this node, by the format %d.%m.%Y.',
      ],
    ],
    [
      'dates of two meanings',
      ['01/03/2021', '11/12/2021', '02/02/2022', '03/03/2022', '04/04/2022'],
      {},
      [
        '"x" is read as text, with dates such as 01/03/2021. Turn it into dates with Column types after this node, by the format %d/%m/%Y or %m/%d/%Y.',
      ],
    ],
    [
      'dates with a clock of twelve hours',
      [
        '01/03/2021 05:10 PM',
        '11/22/2021 11:00 AM',
        '02/02/2022 01:15 PM',
        '03/03/2022 02:00 AM',
        '04/04/2022 12:00 PM',
      ],
      {},
      [
        '"x" is read as text, with dates and times such as 01/03/2021 05:10 PM. Turn it into dates and times with Column types after this node, by the format %m/%d/%Y %I:%M %p.',
      ],
    ],
    [
      'months by their names',
      ['Jun 12 1998', 'Aug 07 1998', 'Aug 28 1998', 'Sep 11 1998', 'Dec 31 2000'],
      {},
      [
        '"x" is read as text, with dates such as Jun 12 1998. Turn it into dates with Column types after this node, by the format %b %d %Y.',
      ],
    ],
  ])('%s', (_, values, params, expected) => {
    expect(said(values, params)).toEqual(expected);
  });
  it.each<[string, string[], Record<string, unknown>?]>([
    ['codes with leading zeros', ['00123', '00456', '00789', '00001', '00002']],
    ['codes with letters', ['A1', 'A2', 'A3', 'A4', 'A5']],
    ['different units', ['5 kg', '6 g', '7 kg', '8 g', '9 kg']],
    ['words with a number here and there', ['low', 'high', '3', 'low', 'high']],
    ['few values', ['1,5', '2,5']],
    ['numbers of telephones', ['(555) 123-4567', '(555) 123-4568', '(555) 123-4569', '(555) 1', '(555) 2']],
    ['remarks by their numbers', ['(1)', '(2)', '(3)', '(4)', '(5)']],
    ['what is typed by hand', ['1,5', '2,5', '3,5', '4,5', '5,5'], { types: { x: 'text' } }],
  ])('nothing about %s', (_, values, params = {}) => {
    expect(said(values, params)).toEqual([]);
  });
  it.each([
    [
      ['$1,234.50', '-$20.00', '$3', '$0.5', '$7'],
      [1234.5, -20, 3, 0.5, 7],
    ],
    [
      ['1.234,50 €', '20,00 €', '3 €', '0,5 €', '7 €'],
      [1234.5, 20, 3, 0.5, 7],
    ],
    [
      ['$1,234.50', '($2,000.00)', '$3', ' ($0.5) ', '$7'],
      [1234.5, -2000, 3, -0.5, 7],
    ],
    [
      ['1.234,50', '(20,25)', '3,0', '0,5', '−7,5'],
      [1234.5, -20.25, 3, 0.5, -7.5],
    ],
    [
      ['−5', '3', '2.5', '1,000', '(7)'],
      [-5, 3, 2.5, 1000, -7],
    ],
    [
      ['$1,200', '$900', '$3.50', '$12,500', '$7'],
      [1200, 900, 3.5, 12_500, 7],
    ],
    [
      ['1,200 kr', '900 kr', '3,400 kr', '5 kr', '7 kr'],
      [1200, 900, 3400, 5, 7],
    ],
    [
      ['2,5 kg', '2.5 kg', '3 kg', '0,75 kg', '1 kg'],
      [2.5, 2.5, 3, 0.75, 1],
    ],
    [
      ['12.5%', '3%', '100%', '0.1%', '7%'],
      [12.5, 3, 100, 0.1, 7],
    ],
    [
      ['5 pieces', '6 pieces', '7 pieces', '8 pieces', '9 pieces'],
      [5, 6, 7, 8, 9],
    ],
  ])('the formula that is offered for %j gives the numbers', async (values, numbers) => {
    const [fix] = look(values)[0]?.fixes ?? [];
    expect(fix).toMatchObject({ do: 'insert', kind: 'clean.derive', node: 'it', side: 'after' });
    const params = fix?.do === 'insert' ? fix.params : {};
    const rows = table(
      { x: 'VARCHAR' },
      values.map((value) => [value]),
    );
    const made = await runSql(deriveSpec, derive, { inputs: { rows }, params });
    expect(made.rows.map((row) => row['x'])).toEqual(numbers);
  });

  const askedLater = async (fix: Fix | undefined, values: readonly string[]): Promise<unknown[]> => {
    const params = fix?.do === 'insert' ? fix.params : {};
    const cells = values.map((value) => [value]);
    return (await runSql(deriveSpec, derive, { inputs: { rows: table({ x: 'VARCHAR' }, cells) }, params })).rows.map(
      (row) => row['x'],
    );
  };
  it('of whole numbers the decimal mark is that of the file, and a mark before other than three digits parts no thousands', async () => {
    const [fix] = look(['30 %', '5 %', '100 %', '7 %', '64 %'], { decimalMark: 'comma' })[0]?.fixes ?? [];
    expect(await askedLater(fix, ['50 %', '50,5 %', '50.5 %', '1.250 %', '1.250,5 %'])).toEqual([
      50, 50.5, 50.5, 1250, 1250.5,
    ]);
    const [other] = look(['$1,200', '$900', '$3.50', '$12,500', '$7'])[0]?.fixes ?? [];
    await expect(askedLater(other, ['$50,5'])).rejects.toThrow('50,5');
    // Other signs than those that were seen say something.
    await expect(askedLater(other, ['$1.2M'])).rejects.toThrow('1.2M');
    await expect(askedLater(fix, ['3 ‰'])).rejects.toThrow('3‰');
    expect(await askedLater(other, ['TBD', ' $ 1,200 ', '$1\u00a0200'])).toEqual([null, 1200, 1200]);
  });
  it('words without a digit are missing', async () => {
    const [fix] = look(['30 %', '5 %', '100 %', '7 %', '64 %'], { decimalMark: 'comma' })[0]?.fixes ?? [];
    expect(await askedLater(fix, ['k.A.', '-', ''])).toEqual([null, null, null]);
  });
});
