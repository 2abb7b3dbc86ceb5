import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { makeCommandFolder, type CommandFolder } from './spawn-command.ts';

let here: CommandFolder;
beforeAll(() => {
  here = makeCommandFolder();
  const rows = [
    { candidate: 'The cat was sitting on the mat.', reference: 'The cat sat on the mat.' },
    // A line separator is a character of a text, not the end of a line.
    { candidate: 'a\u2028b 😀', reference: ['a b', '猫が座った。'] },
    { candidate: '', reference: '' },
  ];
  here.write('pairs.jsonl', `\ufeff${rows.map((row) => JSON.stringify(row)).join('\r\n')}\n\n`);
});
afterAll(() => here.remove());

const names = [
  'bleu',
  'chrf',
  'chrf++',
  'ter',
  ...['', '_stem'].flatMap((stem) => ['rouge1', 'rouge2', 'rougeL', 'rougeLsum'].map((kind) => kind + stem)),
];

describe('metrics text', () => {
  it('prints just one JSON line with every metric, its value and its signature', async () => {
    const { code, out } = await here.run('metrics', 'text', '--input', 'pairs.jsonl', '--json');
    expect([code, out.split('\n').length]).toEqual([0, 2]);
    const found: Record<string, { value: number; signature: string }> = JSON.parse(out);
    expect(Object.keys(found)).toEqual(names);
    // Of sacreBLEU 2.6.0 and rouge-score 0.1.2 on these rows.
    expect(found['bleu']).toEqual({
      value: expect.closeTo(38.980435513154, 9),
      signature: 'nrefs:var|case:mixed|eff:no|tok:13a|smooth:exp|version:2.6.0',
    });
    expect(found['rouge1']?.value).toBeCloseTo((10 / 13 + 1 + 0) / 3, 9);
  });

  it('says in words what is wrong with a row, a file or an option', async () => {
    here.write('bad.jsonl', '{"candidate":"a","reference":"b"}\n{"candidate":"a"}\n');
    here.write('none.jsonl', '\n');
    here.write('broken.jsonl', 'hello\n');
    const said = async (...args: string[]) => {
      const { code, err } = await here.run('metrics', ...args);
      return [code, err.split('\n')[0]];
    };
    expect(await said('text', '--input', 'bad.jsonl')).toEqual([
      1,
      expect.stringContaining('Line 2 has no "reference".'),
    ]);
    expect(await said('text', '--input', 'none.jsonl')).toEqual([
      1,
      expect.stringContaining('There are no rows in "none.jsonl".'),
    ]);
    expect(await said('text', '--input', 'broken.jsonl')).toEqual([
      1,
      expect.stringContaining('Line 1 of "broken.jsonl" is not JSON.'),
    ]);
    expect(await said('text', '--input', 'gone.jsonl')).toEqual([1, expect.stringContaining('cannot be read')]);
    expect(await said('text')).toEqual([2, 'Which texts? Name a file with --input.']);
    expect(await said('text', '--input', 'pairs.jsonl', '--tokenizer', 'x')).toEqual([
      2,
      expect.stringContaining('--tokenizer is one of 13a, zh, intl, char, none'),
    ]);
    expect(await said('images')).toEqual([2, 'There are no metrics of "images".']);
  });

  it('takes other words on request, and says so in the signature', async () => {
    const { out } = await here.run(
      'metrics',
      'text',
      '--input',
      'pairs.jsonl',
      '--json',
      '--tokenizer',
      'char',
      '--rouge-tokens',
      'unicode',
    );
    expect([out.includes('tok:char'), out.includes('tok:unicode|stem:no')]).toEqual([true, true]);
  });
});
