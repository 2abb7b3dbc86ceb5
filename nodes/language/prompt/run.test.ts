import { describe, expect, it } from 'vitest';
import { runSql, table } from '../../../test/support/run-sql.ts';
import run from './run.ts';
import { spec } from './spec.ts';

const rows = table({ review: 'VARCHAR', stars: 'BIGINT' }, [
  ['It\'s "fine"', 3n],
  [null, 1n],
]);
const prompts = async (params: Record<string, unknown>, examples?: typeof rows): Promise<unknown[]> => {
  const made = await runSql(spec, run as never, {
    params,
    inputs: examples === undefined ? { rows } : { rows, examples },
  });
  return made.rows.map((row) => row['prompt']);
};

describe('language.prompt', () => {
  it('fills the template with the values of the row; a missing one is nothing', async () => {
    expect(await prompts({ template: '{{stars}}: {{ review }}!', form: 'text' })).toEqual(['3: It\'s "fine"!', '1: !']);
    expect(
      (await prompts({ template: '{{review}}', system: '{{stars}} stars' })).map((cell) => JSON.parse(String(cell))),
    ).toEqual([
      [
        { role: 'system', content: '3 stars' },
        { role: 'user', content: 'It\'s "fine"' },
      ],
      [
        { role: 'system', content: '1 stars' },
        { role: 'user', content: '' },
      ],
    ]);
  });

  it('puts the same examples before each question, and none where there are none', async () => {
    const params = { template: '{{review}}', answer: 'stars', shots: 1, form: 'text' };
    const examples = table({ review: 'VARCHAR', stars: 'BIGINT' }, [
      ['Great', 5n],
      ['Poor', 2n],
    ]);
    const [first, second] = await prompts(params, examples);
    expect(['Great 5', 'Poor 2']).toContain(String(first).split('\n\n')[0]);
    expect(String(second).split('\n\n')[0]).toBe(String(first).split('\n\n')[0]);
    expect(await prompts(params, table({ review: 'VARCHAR', stars: 'BIGINT' }, []))).toEqual(['It\'s "fine"', '']);
  });

  it.each([
    [{}, ['param.empty']],
    [{ template: '{{reviews}}' }, ['column.missing']],
    [{ template: '{{review}}', output: 'stars' }, ['column.taken']],
    [{ template: '{{review}}' }, []],
  ])('%j is judged before a run', (params, codes) => {
    const schema = {
      columns: [
        { name: 'review', type: 'VARCHAR' },
        { name: 'stars', type: 'BIGINT' },
      ],
      split: false,
    };
    const found =
      spec.check?.({
        node: 'it',
        params: spec.params.parse(params),
        inputs: { rows: schema },
        wired: new Set(['rows']),
      }) ?? [];
    expect(found.map((f) => f.code)).toEqual(codes);
  });
});
