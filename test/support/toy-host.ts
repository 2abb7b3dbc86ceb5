/** For tests: a whole host with real runner and service processes of toy kinds. As a script (`toy-host.ts <root> <workspace>`) it is a process that can be killed. */
import { join } from 'node:path';
import { append } from '../../shared/append.ts';
import { fault, toProblem } from '../../shared/errors.ts';
import { pipelineFile, type PipelineFile } from '../../shared/pipeline/file.ts';
import type { Connection } from '../../shared/rpc/client.ts';
import type { Contract } from '../../shared/rpc/contract.ts';
import type { RunEvent } from '../../shared/run/run-events.ts';
import type { PreviewView } from '../../engine/preview/start-previews.ts';
import { startHost, type Host } from '../../engine/host/host.ts';

const notHere = (): never => {
  throw fault('test.not-here', { message: 'The planner is not part of this test.' });
};
const handlers: PreviewView['handlers'] = {
  'plan.check': notHere,
  'plan.expression': notHere,
  'plan.functions': notHere,
  'plan.code': notHere,
  'preview.open': notHere,
  'preview.page': notHere,
  'preview.profile': notHere,
  'preview.chart': notHere,
  'preview.thumbnails': notHere,
  'preview.close': notHere,
  'pipelines.quickStart': notHere,
};
const script = (...path: string[]): string[] => [
  process.execPath,
  '--disable-warning=ExperimentalWarning',
  join(import.meta.dirname, ...path),
];

/** @param root holds `resources/`, beside the workspace */
export async function startToyHost(root: string, workspace: string): Promise<Host> {
  const started = await startHost({
    workspace,
    version: '0.1.0',
    resourcesFolder: join(root, 'resources'),
    runnerCommand: script('toy-runner.ts'),
    serviceCommand: [...script('toy-scorer.ts'), 'service'],
    startEngine: () => ({
      view: () => ({ handlers, close: () => undefined }),
      warm: () => undefined,
      renew: () => undefined,
      close: async () => undefined,
    }),
  });
  if (!started.started) throw new Error('another host lives here');
  return started.host;
}

export const codeOf = (work: Promise<unknown>): Promise<string> =>
  work.then(
    () => 'fulfilled',
    (error: unknown) => toProblem(error).code,
  );
/** Ten numbers, then one more node. */
export const toyPipeline = (
  last: PipelineFile['nodes'][string] = { kind: 'explore.wait', version: 1, params: {} },
  title = 'Toy',
): PipelineFile =>
  pipelineFile.parse({
    flowyard: 1,
    title,
    nodes: { numbers: { kind: 'read.numbers' }, last },
    wires: ['numbers.rows -> last.rows'],
  });
export const startToyRun = async (
  { api }: Connection<Contract>,
  file: PipelineFile,
  more: { ignoreCache?: boolean; set?: Record<string, number>; replaceServices?: boolean } = {},
): Promise<string> => (await api['runs.start']({ pipeline: { path: null, file }, to: null, ...more })).run;
/** All events of a run, to its end. */
export async function followRun({ api }: Connection<Contract>, run: string): Promise<RunEvent[]> {
  const all: RunEvent[] = [];
  for await (const events of api['runs.events']({ run, afterSeq: -1 })) append(all, events);
  return all;
}

const [, entry, root, workspace] = process.argv;
if (entry === import.meta.filename && root !== undefined && workspace !== undefined) {
  const host = await startToyHost(root, workspace);
  await host.serveApp({ rendererFolder: root, port: 0 });
}
