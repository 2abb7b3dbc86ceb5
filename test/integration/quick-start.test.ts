import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { openRunEnvironment, resourcesFolder } from '../../cli/run-environment.ts';
import { executeRun } from '../../engine/run/execute.ts';
import type { RunEnvironment } from '../../engine/run/run-request.ts';
import { parsePipeline } from '../../shared/pipeline/parse.ts';
import type { RunEvent } from '../../shared/run/run-events.ts';
import { makeOddCsvs } from '../support/odd-csvs.ts';

const examples = join(resourcesFolder, 'examples');
let workspace = '';
let environment: RunEnvironment;
beforeAll(async () => {
  workspace = await mkdtemp(join(tmpdir(), 'flowyard-quick-start-'));
  await mkdir(join(workspace, '.flowyard'));
  environment = await openRunEnvironment(workspace);
});
afterAll(() => rm(workspace, { recursive: true, force: true }));

let runs = 0;
async function run(example: string, parameters: Record<string, unknown> = {}): Promise<RunEvent[]> {
  const path = join(examples, `${example}.pipeline.json`);
  const events: RunEvent[] = [];
  await executeRun(
    {
      run: `r${++runs}`,
      file: parsePipeline(await readFile(path, 'utf8'), path),
      path,
      workspace,
      parameters,
      granted: Object.values(parameters).filter((v): v is string => typeof v === 'string' && v.startsWith(workspace)),
      sweep: [],
      to: null,
      ignoreCache: false,
      deterministic: true,
      threads: 2,
      memoryBytes: 2 ** 30,
    },
    environment,
    (event) => events.push(event),
    new AbortController().signal,
  );
  return events;
}
const endOf = (events: readonly RunEvent[]): Extract<RunEvent, { type: 'run-finished' }> => {
  const end = events.at(-1);
  if (end?.type !== 'run-finished') throw new Error('the run has no end');
  return end;
};

describe('the quick start', () => {
  it.each(makeOddCsvs().map((odd) => [odd.name, odd] as const))('%s', async (name, odd) => {
    const file = join(workspace, `${name}.csv`);
    await writeFile(file, odd.text);
    const events = await run('quick-start', { file, target: odd.target });
    const end = endOf(events);
    const warned = events.flatMap((e) => (e.type === 'node-warning' ? e.problem.code : []));
    expect(warned).toEqual(expect.arrayContaining([...(odd.warns ?? [])]));
    if (odd.expects === 'done') {
      expect(end.problem).toBeUndefined();
      expect(end.status).toBe('done');
      expect(Object.keys(end.metrics).sort()).toEqual(['evaluate-baseline', 'evaluate-boosting']);
    } else {
      expect(end.status).toBe('failed');
      expect(end.problem?.code).not.toMatch(/^(internal|sql|database)/);
      expect(end.problem?.message).toMatch(/\w+ .*[.!?]$/s);
      expect(end.problem?.mend ?? '').not.toBe('');
    }
  });
});

describe('the examples', () => {
  it.each(['penguins', 'cars', 'rain', 'reviews', 'handbook'])(
    '%s runs without a word of warning before it starts',
    async (example) => {
      const events = await run(example);
      expect(endOf(events)).toMatchObject({ status: 'done' });
      const planned = events.findIndex((e) => e.type === 'node-started');
      expect(events.slice(0, planned).filter((e) => e.type === 'node-warning')).toEqual([]);
    },
  );

  it('computes nothing the second time', async () => {
    const again = await run('penguins');
    expect(endOf(again).status).toBe('done');
    expect(again.filter((e) => e.type === 'node-started').map((e) => e.node)).toEqual([]);
  });
});
