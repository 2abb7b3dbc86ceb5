import { expect, it } from 'vitest';
import { openBench } from '../../../test/support/node-bench.ts';
import { spokenModel } from '../../../test/support/spoken-model.ts';
import { tryTask } from '../../../test/support/try-task.ts';
import run from './run.ts';
import { spec } from './spec.ts';

const rowsOf = (values: string) => `SELECT * FROM (VALUES ${values}) t(text, page)`;

it('keeps the passages with the model, empty ones left out, and names it anew', async () => {
  const bench = await openBench();
  const passages = await bench.table('passages', rowsOf("('It rains.', 1), (NULL, 2), ('  ', 3), ('It snows.', NULL)"));
  const llm = spokenModel(() => '');
  const made = await tryTask(
    spec,
    run,
    { passage: 'text', source: 'page', most: 2 },
    { tables: { passages }, llms: { llm } },
  );
  bench.close();
  expect(made.llms['llm']).toMatchObject({
    name: 'spoken with documents',
    base: { from: 'endpoint' },
    documents: { passages: 2, most: 2, notFound: 'The documents do not say.' },
  });
  expect(new TextDecoder().decode(made.llms['llm']?.files?.['passages.jsonl'])).toBe(
    '{"text":"It rains.","source":"1"}\n{"text":"It snows.","source":""}\n',
  );
});

it('refuses a table without a passage', async () => {
  const bench = await openBench();
  const passages = await bench.table('passages', rowsOf("('', 1)"));
  const llm = spokenModel(() => '');
  const work = tryTask(spec, run, { passage: 'text' }, { tables: { passages }, llms: { llm } });
  await expect(work).rejects.toMatchObject({ code: 'retrieve.no-passages' });
  bench.close();
});
