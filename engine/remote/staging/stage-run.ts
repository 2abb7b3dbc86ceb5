/** Everything that a run needs is brought to its remote: the engine, files, results that are here, and the order itself. Sent is what is not there. */
import { basename, join } from 'node:path';
import type { RunRequest } from '../../run/run-request.ts';
import type { ArtifactStore } from '../../store/artifacts/artifact-store.ts';
import { ensureRuntime, type Installation } from './bundle.ts';
import type { OpenTarget } from '../open-target.ts';
import type { PlacedState, PlacedTask } from '../../store/placements/placed-state.ts';
import type { Shipping } from './shipping.ts';
import type { RunOrder } from '../../store/placements/run-layout.ts';
import { splitTasks, type NewTask } from './tasks.ts';

export interface StageOptions {
  run: string;
  request: RunRequest;
  shipping: Shipping;
  artifacts: ArtifactStore;
  installation: Installation;
  signal: AbortSignal;
  say: (words: string) => void;
}
export interface Staged {
  runtime: NonNullable<PlacedState['runtime']>;
  tasks: PlacedTask[];
  sentBytes: number;
}

export async function stageRun({ files, settings, probe }: OpenTarget, options: StageOptions): Promise<Staged> {
  const { run, request, shipping, artifacts, installation, signal, say } = options;
  const before = files.sentBytes;
  const probed = await probe();
  const sending = {
    signal,
    onProgress: throttled((sent, name) =>
      say(`sending ${name} to ${settings.name}, ${(sent / 1e6).toFixed(1)} MB sent`),
    ),
  };
  const { folder, node } = await ensureRuntime(files, probed.system, shipping.kinds, installation, sending);
  await files.putBlobs(shipping.blobs, sending);
  const stored = shipping.artifacts.flatMap((key) => artifacts.find(key) ?? []);
  await files.putArtifacts(stored, join(artifacts.folder, 'files'), sending);
  const present = request.ignoreCache
    ? new Set<string>()
    : await files.presentArtifacts(shipping.parts.map(({ key }) => key));
  const tasks = splitTasks(shipping, settings, present);
  const order: RunOrder = {
    format: 1,
    request: { ...toOrder(request), staged: shipping.staged, partitions: shipping.partitions },
    tasks: tasks.map(toTask),
  };
  await files.putFiles([{ name: `runs/${run}/order.json`, from: Buffer.from(JSON.stringify(order)) }], signal);
  return {
    runtime: { folder, node },
    tasks: tasks.map((task): PlacedTask => ({ ...task, offset: 0 })),
    sentBytes: files.sentBytes - before,
  };
}

const toTask = ({ stage: _, keeps: __, ...task }: NewTask): RunOrder['tasks'][number] => task;

/** Paths of this machine mean nothing there. */
function toOrder(request: RunRequest): RunOrder['request'] {
  const { file, parameters, sweep, to, ignoreCache, deterministic, run, parts, trials } = request;
  return {
    run,
    file,
    path: basename(request.path),
    workspace: '.',
    parameters: JSON.parse(JSON.stringify(parameters)),
    granted: [],
    sweep: JSON.parse(JSON.stringify(sweep)),
    to,
    ignoreCache,
    deterministic,
    threads: 1024,
    memoryBytes: 0,
    secrets: {},
    ...(parts === undefined ? {} : { parts: [...parts] }),
    ...(trials === undefined ? {} : { trials: [...trials] }),
  };
}

function throttled(notify: (sent: number, name: string) => void): (bytes: number, name: string) => void {
  let sent = 0;
  let lastMs = 0;
  return (bytes, name) => {
    sent += bytes;
    if (Date.now() - lastMs < 500) return;
    lastMs = Date.now();
    notify(sent, name);
  };
}
