/** The quick start on dirty files: it learns, or says in words what is wrong with the data, never with a fault of its own. */
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { makeDirtyCsvs } from '../support/dirty-csvs.ts';
import { runQuickStart } from '../support/public-data.ts';
import { Workshop } from '../support/workshop.ts';

let workshop: Workshop;
beforeAll(async () => void (workshop = await Workshop.open()));
afterAll(() => workshop[Symbol.asyncDispose]());

describe('the quick start on', () => {
  it.each(makeDirtyCsvs().map((csv, i) => [csv.name, i, csv] as const))('%s', async (_name, i, csv) => {
    const file = `dirty-${i}.csv`;
    await writeFile(join(workshop.folder, file), csv.bytes);
    const run = await runQuickStart(workshop, { file, target: csv.target });
    const last = run.events.at(-1);
    const problem = run.problems[0] ?? (last?.type === 'run-finished' ? last.problem : undefined);
    if (process.env['FLOWYARD_TELL'])
      console.log(
        `${i} ${csv.name}: ${problem ? `${problem.code} at ${problem.node ?? '?'}: ${problem.message} ${problem.mend ?? ''}` : JSON.stringify(run.metrics['evaluate-boosting'])}`.slice(
          0,
          400,
        ),
      );
    if (run.status === 'done') return;
    expect(run.status).toBe('failed');
    expect(problem?.code).not.toMatch(/^(internal|sql|database)\./);
    expect(problem?.message).toMatch(/\S{3,}.*[.!?)"]$/s);
    expect(problem?.mend ?? '').not.toBe('');
  });
});
