import { expect, it } from 'vitest';
import { openBench } from '../../../test/support/node-bench.ts';
import { lastWords, spokenModel } from '../../../test/support/spoken-model.ts';
import { tryTask } from '../../../test/support/try-task.ts';
import run from './run.ts';
import { spec } from './spec.ts';

it('answers from the passages, and checks what is cited', async () => {
  const bench = await openBench();
  const rows = await bench.table(
    'rows',
    "SELECT * FROM (VALUES ('May she?', '[1] Yes.' || chr(10) || '[2] No, see' || chr(10) || '[3] of its own list.', ['p. 1', 'p. 2']), ('And then?', '[1] Rain.', ['p. 9'])) t(question, context, sources)",
  );
  const llm = spokenModel((request) =>
    lastWords(request).includes('May she?') ? 'She may [1][3].' : 'The sources do not say.',
  );
  const made = await tryTask(
    spec,
    run,
    { question: 'question', context: 'context', sources: 'sources' },
    { tables: { rows }, llms: { llm } },
  );
  bench.close();
  expect(made.staged[0]?.rows.map((row) => row.slice(3))).toEqual([
    ['The sources do not say.', '[]', 0, 0, false, null],
    ['She may [1][3].', '["p. 1"]', 1, 1, true, null],
  ]);
  expect(made.metrics).toMatchObject({ found: 0.5, cited: 1, false_citations: 1, answered: 2 });
  expect(lastWords(llm.asked[0] ?? { prompt: { text: '' } })).toBe('Passages:\n[1] Rain.\n\nQuestion: And then?');
});

it('asks nothing where no passage was found, and says what failed', async () => {
  const bench = await openBench();
  const rows = await bench.table(
    'rows',
    "SELECT * FROM (VALUES ('Who?', ''), ('What?', NULL), ('Where?', '[1] Here.')) t(question, context)",
  );
  const llm = spokenModel(() => {
    throw new Error('away.');
  });
  const params = { question: 'question', context: 'context', notFound: 'Nothing there.' };
  const made = await tryTask(spec, run, params, { tables: { rows }, llms: { llm } });
  bench.close();
  expect(llm.asked).toHaveLength(1);
  expect(made.staged[0]?.rows.map((row) => [row[0], row[3], row[7]])).toEqual([
    ['What?', 'Nothing there.', false],
    ['Where?', null, null],
    ['Who?', 'Nothing there.', false],
  ]);
  expect(made.findings).toMatchObject([{ code: 'rows.failed', message: '1 of 3 rows failed: away.' }]);
});
