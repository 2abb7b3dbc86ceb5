/** For `crash.test.ts`: a process that writes runs and results as fast as it can, says what is finished, and never ends by itself. */
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { pipelineFile } from '../../shared/pipeline/file.ts';
import type { RunFact } from '../../shared/run/run-events.ts';
import { openArtifacts } from '../../engine/store/artifacts/artifacts.ts';
import { openStore } from '../../engine/store/store.ts';

const workspace = process.argv[2] ?? '';
const start = Number(process.argv[3]);
const store = openStore(workspace);
const artifacts = await openArtifacts({ folder: join(workspace, '.flowyard') });
const file = pipelineFile.parse({ flowyard: 1 });
const say = (line: string): void => writeFileSync(1, `${line}\n`);

say('ready');
for (let i = start; ; i++) {
  const run = `run-${i}`;
  store.runs.create({ id: run, pipeline: 'p', title: 'P', file, parameters: {}, startedMs: i });
  let seq = 0;
  const notify = (fact: RunFact): void => store.recordEvent({ ...fact, run, seq: seq++, time_ms: Date.now() });
  notify({ type: 'run-started', pipeline: 'p', parameters: {}, nodes: ['a'] });
  for (let n = 0; n < 3; n++) {
    const key = `${i}`.padStart(6, '0') + `k${n}`;
    const draft = await artifacts.begin(key, run);
    for (const name of ['rows.parquet', 'more.bin'])
      writeFileSync(join(draft.folder, name), Buffer.alloc(20_000 + n, i));
    await draft.commit({
      kind: 'read.csv',
      ports: { rows: { wire: 'table', files: ['rows.parquet'] } },
      ms: 1,
      inputs: [],
    });
    say(`artifact ${key}`);
    notify({ type: 'node-finished', node: `n${n}`, ms: 1, outputs: [{ port: 'rows', wire: 'table', key }] });
    for (let m = 0; m < 20; m++) notify({ type: 'metric', node: `n${n}`, name: 'loss', value: m, step: m });
  }
  notify({ type: 'run-finished', status: 'done', metrics: {}, ms: 1 });
  store.flush();
  say(`run ${run}`);
}
