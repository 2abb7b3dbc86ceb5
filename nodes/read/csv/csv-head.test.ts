import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { guessShape, parseCsvHead, raggedRows, shapeOf } from './csv-head.ts';

describe('the head of a CSV', () => {
  it('whatever is quoted by the rules comes back', () => {
    const cell = fc.string({ unit: fc.constantFrom('a', '"', ',', '\n', ' ', 'ü', '😀', ';') });
    fc.assert(
      fc.property(fc.array(fc.array(cell, { minLength: 2, maxLength: 4 }), { minLength: 1, maxLength: 6 }), (table) => {
        const text = table.map((row) => row.map((v) => `"${v.replaceAll('"', '""')}"`).join(',')).join('\r\n');
        expect(parseCsvHead(text, ',', '"').map((r) => r.fields)).toEqual(table);
      }),
    );
  });
  it('counts lines of the file, also inside quotes', () => {
    expect(parseCsvHead('a,b\n"1\n2",3\n\n4,5\n', ',', '"').map((r) => r.line)).toEqual([1, 2, 5]);
  });
  it('leaves out a last row that was cut inside a quote', () => {
    expect(parseCsvHead('a,b\n1,"cut he', ',', '"')).toHaveLength(1);
  });
  it('takes the separator that divides most evenly', () => {
    expect(guessShape('a;b\n1,5;2,5\n3,1;x\n', '"')?.delimiter).toBe(';');
    expect(guessShape('a\tb,c\n1\t2\n', '"')?.delimiter).toBe('\t');
    expect(guessShape('just a text\nwithout any\n', '"')).toBeUndefined();
  });
  it('finds rows of another length, but not the notes above the table', () => {
    expect(raggedRows(shapeOf('A report\n\na,b\n1,2\n3\n4,5,6\n', ',', '"'))).toEqual([
      { line: 5, expected: 2, found: 1 },
      { line: 6, expected: 2, found: 3 },
    ]);
  });
});
