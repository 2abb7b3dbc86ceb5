import { describe, expect, it } from 'vitest';
import { decimalsOf, exactText, formatCell, toTsv } from './format-cell.ts';

describe('a cell', () => {
  it('shows null as a quiet mark and an empty text as quotes', () => {
    expect(formatCell(null, 'DOUBLE')).toEqual({ text: '–', look: 'null' });
    expect(formatCell('', 'VARCHAR')).toEqual({ text: '""', look: 'empty' });
  });
  it('aligns floating numbers by the decimals of their column', () => {
    const spend = [64.2, 19.99, 38.4, 7];
    const decimals = decimalsOf(spend);
    expect(spend.map((v) => formatCell(v, 'DOUBLE', decimals).text)).toEqual(['64.20', '19.99', '38.40', '7.00']);
    expect(decimalsOf([0.1 + 0.2])).toBe(4);
    expect(decimalsOf([1, 2, null])).toBe(0);
  });
  it('keeps whole numbers whole, also beyond 2^53', () => {
    expect(formatCell(9007199254740993n, 'BIGINT')).toEqual({ text: '9007199254740993', look: 'number' });
    expect(formatCell('170141183460469231731687303715884105727', 'HUGEINT').look).toBe('number');
    expect(formatCell(100482, 'INTEGER', 2).text).toBe('100482');
  });
  it('writes very small numbers with an exponent and signs with a real minus', () => {
    expect(formatCell(1.5e-9, 'DOUBLE', 2).text).toBe('1.500e−9');
    expect(formatCell(-3.25, 'DOUBLE', 2).text).toBe('−3.25');
    expect(formatCell(Number.NaN, 'DOUBLE').text).toBe('NaN');
    expect(formatCell(-Infinity, 'DOUBLE').text).toBe('−∞');
  });
  it('shows a timestamp without noise', () => {
    expect(formatCell('2025-11-21', 'DATE').text).toBe('2025-11-21');
    expect(formatCell('2025-11-21T00:00:00', 'TIMESTAMP').text).toBe('2025-11-21');
    expect(formatCell('2025-11-21 08:30:00.250000', 'TIMESTAMP').text).toBe('2025-11-21 08:30:00.25');
    expect(formatCell('2025-11-21T08:30:00.000Z', 'TIMESTAMP').text).toBe('2025-11-21 08:30:00');
  });
  it('keeps a text on one line and cuts it', () => {
    expect(formatCell('a\nb\tc', 'VARCHAR').text).toBe('a↵b⇥c');
    expect(formatCell('x'.repeat(1000), 'VARCHAR').text).toHaveLength(301);
  });
});

describe('copied cells', () => {
  it('are exact, tab-separated, and quoted where a spreadsheet needs it', () => {
    expect(
      toTsv([
        [0.1 + 0.2, 'a "b"', null],
        [12345678901234567890n, 'x\ty', true],
      ]),
    ).toBe('0.30000000000000004\t"a ""b"""\t\n12345678901234567890\t"x\ty"\ttrue');
    expect(exactText(1e-9)).toBe('1e-9');
  });
});
