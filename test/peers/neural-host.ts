/** How a window's calls are answered while a network trains: the host in this process, its preview process, and a training in a process of its own. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { loadavg, tmpdir } from 'node:os';
import { join } from 'node:path';
import { withHost, type HostApi } from '../../cli/with-host.ts';
import { pipelineFile } from '../../shared/pipeline/file.ts';

const calls = 300;
const file = pipelineFile.parse({
  flowyard: 1,
  title: 'Rows',
  nodes: { rows: { kind: 'read.csv', params: { file: 'rows.csv' } } },
  wires: [],
});

export interface HostFigures {
  case: 'host while a net trains';
  /** Milliseconds: half of the calls are answered within p50, 99 of 100 within p99; before the training and while it goes on. */
  quiet: Answered;
  training: Answered;
  load: number | undefined;
}
interface Answered {
  rpcP50: number;
  rpcP99: number;
  previewP50: number;
  previewP99: number;
}

export async function measureHost(threads: number): Promise<HostFigures> {
  const workspace = await mkdtemp(join(tmpdir(), 'flowyard-neural-bench-'));
  try {
    const rows = Array.from({ length: 20_000 }, (_, i) => `${i},${(i * 7919) % 1000},${i % 7 === 0 ? 'yes' : 'no'}`);
    await writeFile(join(workspace, 'rows.csv'), `id,amount,member\n${rows.join('\n')}\n`);
    await writeFile(join(workspace, 'rows.pipeline.json'), JSON.stringify(file));
    return await withHost(workspace, async ({ api }) => {
      const opened = await api['preview.open']({ pipeline: { path: null, file }, node: 'rows', port: 'rows' });
      const quiet = await answered(api, opened.preview);
      const child = spawn(process.execPath, [join(import.meta.dirname, 'neural-load.ts'), String(threads)], {
        stdio: ['ignore', 'pipe', 'inherit'],
      });
      // Its first line: the first epoch is over.
      await once(child.stdout, 'data');
      const training = await answered(api, opened.preview);
      child.kill('SIGKILL');
      await once(child, 'exit');
      return { case: 'host while a net trains', quiet, training, load: loadavg()[0] };
    });
  } finally {
    await rm(workspace, { recursive: true, force: true });
  }
}

async function answered(api: HostApi, preview: string): Promise<Answered> {
  const rpc: number[] = [];
  const pages: number[] = [];
  for (let i = 0; i < calls; i++) {
    rpc.push(await timed(() => api['runs.list']({ limit: 20, before_ms: null, pipeline: null })));
    const page = { preview, offset: (i * 50) % 19_000, limit: 100, sort: null, filter: '' };
    pages.push(await timed(() => api['preview.page'](page)));
    await new Promise((resolve) => setTimeout(resolve, 10));
  }
  const at = (list: readonly number[], part: number): number =>
    list.toSorted((a, b) => a - b)[Math.floor(part * (list.length - 1))] ?? Number.NaN;
  return { rpcP50: at(rpc, 0.5), rpcP99: at(rpc, 0.99), previewP50: at(pages, 0.5), previewP99: at(pages, 0.99) };
}
async function timed(work: () => Promise<unknown>): Promise<number> {
  const startedMs = performance.now();
  await work();
  return performance.now() - startedMs;
}
