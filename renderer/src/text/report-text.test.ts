import { expect, it } from 'vitest';
import { rowShares, sayMetric, sayReportCell, saySignature, tableCsv } from './report-text.ts';
import { fileNameOf } from '../report/save-file.ts';

it('metrics have three decimals, large ones none, tiny ones an exponent', () => {
  expect([0.9137, 1, 12, 41.26, 933_120.4, 0.00001, -0.054, null, Number.NaN].map(sayMetric)).toEqual([
    '0.914',
    '1.000',
    '12',
    '41.26',
    '933,120',
    '1.00e−5',
    '−0.054',
    '–',
    '–',
  ]);
});

it('cells of a table keep counts whole', () => {
  expect([37_660, 0.897, 'plan = Basic', true, null].map((cell) => sayReportCell(cell))).toEqual([
    '37,660',
    '0.897',
    'plan = Basic',
    'true',
    '–',
  ]);
});

it('gives the whole numbers among fractions their decimals', () => {
  expect([1, 0.98, 344].map((cell) => sayReportCell(cell, true))).toEqual(['1.000', '0.980', '344']);
});
it('a table becomes CSV that a spreadsheet reads', () => {
  expect(
    tableCsv({
      type: 'table',
      title: 'T',
      columns: [
        { name: 'a', title: 'A, B', align: 'left' },
        { name: 'n', title: 'n', align: 'right' },
      ],
      rows: [
        ['x "y"', 0.1],
        [null, 2],
      ],
    }),
  ).toBe('"A, B",n\r\n"x ""y""",0.1\r\n,2');
});

it('shares of a row add up to one, and an empty row has none', () => {
  expect(
    rowShares([
      [3, 1],
      [0, 0],
    ]),
  ).toEqual([
    [0.75, 0.25],
    [0, 0],
  ]);
});

it('a signature is read word by word, a title becomes a file name', () => {
  expect(saySignature('roc_auc|binary|rows=test|n=69')).toBe('roc_auc · binary · rows=test · n=69');
  expect(fileNameOf('ROC curve (Öl)', 'svg')).toBe('roc-curve-öl.svg');
});
