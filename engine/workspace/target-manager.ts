/** The targets of this workspace: added, tested, looked at, and the runs that are on them. A target is connected while something is there or somebody asks. */
import { join } from 'node:path';
import { append } from '../../shared/append.ts';
import { fail, failWith, type Problem, toProblem } from '../../shared/errors.ts';
import type { RunEvent } from '../../shared/run/run-events.ts';
import { readTargetPath } from '../../shared/source/target-path.ts';
import type { Finding, JobResources, TargetRow, TargetSettings } from '../../shared/targets.ts';
import { startComputing, tooMuchMemory, type End } from '../compute/start-computing.ts';
import { keepListing, listingsFolder } from '../sources/listings.ts';
import type { RunRequest } from '../run/execute.ts';
import type { ArtifactStore } from '../store/artifacts/artifact-store.ts';
import type { Store } from '../store/store.ts';
import type { Placement } from '../store/targets.ts';
import type { Installation } from '../remote/staging/bundle.ts';
import { cleanUp, tidyUp } from '../remote/staging/clean-up.ts';
import { lookThere } from '../remote/there/look-there.ts';
import type * as OpenTargetModule from '../remote/open-target.ts';
import type { OpenTarget } from '../remote/open-target.ts';
import { startPlacedRun } from '../remote/placement/placed-run.ts';
import { pause } from '../remote/placement/read-event.ts';
import { freshState } from '../store/placements/placed-state.ts';
import type { PlacedRecord, PlacedRun, PlacedRunOptions } from '../remote/placement/placed-types.ts';
import type { QueueLoad } from '../remote/queue/queue.ts';
import { shipping, type Shipping } from '../remote/staging/shipping.ts';
import { checkOptions, millis, resourcesOf } from '../remote/target-options.ts';
import { watchTarget, type TargetWatch } from '../remote/placement/target-watch.ts';
import type { ChangeHub } from './change-hub.ts';

export interface TargetManagerOptions {
  store: Store;
  artifacts: ArtifactStore;
  changes: ChangeHub;
  installation: Installation;
  /** The process that plans what has to be sent: reads a request, writes a `Shipping`. */
  shipCommand: readonly string[];
  /** Values of secrets by name: passphrases and tokens. */
  readSecrets?: (names: readonly string[]) => Promise<Record<string, string>>;
  now: () => number;
}
export interface TargetManager {
  add: (settings: TargetSettings) => TargetRow;
  list: () => TargetRow[];
  get: (name: string) => TargetRow;
  remove: (name: string) => void;
  test: (name: string) => Promise<TargetRow>;
  load: (name: string) => Promise<QueueLoad>;
  /** Looks which files lie there, and remembers it. */
  files: (name: string, path: string) => Promise<{ files: number; bytes: number; first: string }>;
  clean: (name: string) => Promise<{ freed_bytes: number; runs: number }>;
  /** Sends a run. */
  place: (
    run: string,
    request: RunRequest,
    target: string,
    resources: JobResources,
    onEvent: (event: RunEvent) => void,
    makeHere?: PlacedRunOptions['makeHere'],
  ) => PlacedRun;
  /** Takes a run up again that another process sent; undefined: it is nowhere else. */
  attach: (
    run: string,
    onEvent: (event: RunEvent) => void,
    makeHere?: PlacedRunOptions['makeHere'],
  ) => PlacedRun | undefined;
  close: () => Promise<void>;
}
interface Connected {
  open: OpenTarget;
  watch: TargetWatch;
  users: number;
  idle: NodeJS.Timeout | undefined;
}

const idleMs = 60_000;
const longestTidyMs = 3000;

export function makeTargetManager(options: TargetManagerOptions): TargetManager {
  const { store, artifacts, changes, installation, now } = options;
  const connected = new Map<string, Connected>();
  /** Those that targets name, in memory while this host lives. */
  const secrets = new Map<string, string>();
  /** SSH, Ray and Kubernetes are loaded by who reaches a target: most hosts never do. */
  let openTarget: typeof OpenTargetModule.openTarget | undefined;
  async function prepare(settings: TargetSettings): Promise<void> {
    ({ openTarget } = await import('../remote/open-target.ts'));
    await learnSecrets(settings);
  }
  async function learnSecrets({ options: named }: TargetSettings): Promise<void> {
    const names = ['passphrase', 'token'].flatMap((option) => named[option] ?? []);
    if (names.length === 0 || options.readSecrets === undefined) return;
    for (const [name, value] of Object.entries(await options.readSecrets(names))) secrets.set(name, value);
  }

  const get = (name: string): TargetRow => {
    const row = store.targets.get(name);
    if (row !== undefined) return row;
    const names = store.targets.list().map((t) => t.name);
    throw fail('target.unknown', {
      message: `There is no target "${name}".`,
      mend: names.length === 0 ? 'Add one: flowyard targets add.' : `There are ${names.join(', ')}.`,
    });
  };

  /** One connection for all that is done there under these settings. */
  function reach(settings: TargetSettings): Connected {
    const id = JSON.stringify(settings);
    const known = connected.get(id);
    if (known !== undefined) return known;
    const row = store.targets.get(settings.name);
    if (openTarget === undefined) throw new Error(`the target "${settings.name}" is reached before it was prepared`);
    const open = openTarget(settings, {
      hostKey: row?.host_key ?? null,
      onHostKey: (key) => {
        if (!store.readOnly) store.targets.pinHostKey(settings.name, key);
      },
      secret: (wanted) => secrets.get(wanted),
    });
    const lookMs = millis(settings, 'look', 1000);
    const isBusy = settings.kind === 'slurm' || settings.kind === 'kubernetes';
    const watch = watchTarget(open, {
      lookMs,
      restMs: lookMs * 5,
      statusMs: isBusy ? Math.min(10_000, lookMs * 10) : lookMs * 2,
    });
    const made: Connected = { open, watch, users: 0, idle: undefined };
    connected.set(id, made);
    return made;
  }
  function release(settings: TargetSettings): void {
    const id = JSON.stringify(settings);
    const one = connected.get(id);
    if (one === undefined) return;
    one.users -= 1;
    clearTimeout(one.idle);
    if (one.users > 0) return;
    one.idle = setTimeout(() => {
      if (one.users > 0) return;
      connected.delete(id);
      one.watch.close();
    }, idleMs);
    one.idle.unref();
  }
  async function using<T>(settings: TargetSettings, work: (one: Connected) => Promise<T>): Promise<T> {
    await prepare(settings);
    const one = reach(settings);
    one.users += 1;
    try {
      return await work(one);
    } finally {
      release(settings);
    }
  }

  function start(
    placement: Placement,
    onEvent: (event: RunEvent) => void,
    makeHere: PlacedRunOptions['makeHere'],
  ): PlacedRun {
    const { run, settings, request } = placement;
    const record: PlacedRecord = { ...placement };
    let held: Connected | undefined;
    const hold = (): Connected => {
      held ??= reach(settings);
      return held;
    };
    const placed = startPlacedRun({
      run,
      request,
      settings,
      record,
      ready: prepare(settings).then(() => void (hold().users += 1)),
      target: hold,
      wasReached: () => {
        const row = store.targets.get(settings.name);
        return (row?.host_key ?? row?.facts ?? placement.submittedMs) !== null && row !== undefined;
      },
      ship: (wanted, signal) => planOutside(options.shipCommand, wanted, signal),
      artifacts,
      installation,
      onEvent,
      ...(makeHere === undefined ? {} : { makeHere }),
      keep: (kept) => {
        store.flush(() =>
          store.placements.save({ ...placement, ...kept, endedMs: kept.phase === 'ended' ? now() : null }),
        );
        changes.tell('targets');
      },
      now,
    });
    void placed.ended.then((how) => {
      if (held !== undefined) release(settings);
      if (how === 'here')
        store.placements.save({
          ...placement,
          ...record,
          phase: 'ended',
          words: record.submittedMs === null ? 'all was here already' : '',
          endedMs: now(),
        });
      if (how !== 'detached' && record.submittedMs !== null) tidy(settings);
    });
    return placed;
  }

  /** Under way: a process that lives for one run waits for them. */
  const tidying = new Set<Promise<void>>();
  function tidy(settings: TargetSettings): void {
    const days = Number(settings.options['keep'] ?? 7);
    const done = using(settings, ({ open }) =>
      // Where a step is a job, what it leaves behind ends with it.
      tidyUp(open.files, { olderThanDays: days, keep: store.placements.open() }, open.shell.stepMs < 1000),
    )
      .catch(() => undefined)
      .finally(() => tidying.delete(done));
    tidying.add(done);
  }

  async function test(name: string): Promise<TargetRow> {
    const { host_key: _, facts: __, findings: ___, tested_ms: ____, created_ms: _____, ...settings } = get(name);
    const startedMs = now();
    const findings: Finding[] = [];
    try {
      const facts = await using(settings, async ({ open }) => {
        const found = await open.probe();
        findings.push({ what: 'reached', state: 'good', text: 'Reached', detail: `${now() - startedMs} ms` });
        const key = store.targets.get(name)?.host_key;
        if (key !== null && key !== undefined)
          findings.push({ what: 'host-key', state: 'good', text: 'Host key recorded', detail: key });
        append(findings, found.findings);
        return found.facts;
      });
      store.targets.tested(name, facts, findings, now());
    } catch (error) {
      const problem = toProblem(error);
      findings.push(asFinding(problem));
      store.targets.tested(name, null, findings, now());
      changes.tell('targets');
      throw error;
    }
    changes.tell('targets');
    return get(name);
  }

  const settingsOf = (name: string): TargetSettings => {
    const { host_key: _, facts: __, findings: ___, tested_ms: ____, created_ms: _____, ...settings } = get(name);
    return settings;
  };

  return {
    add: (settings) => {
      checkSettings(settings);
      store.targets.save(settings, now());
      changes.tell('targets');
      return get(settings.name);
    },
    list: () => store.targets.list(),
    get,
    remove: (name) => {
      get(name);
      const living = store.placements.open().filter((run) => store.placements.get(run)?.settings.name === name);
      if (living.length > 0)
        throw fail('target.in-use', {
          message: `${living.length === 1 ? 'A run is' : `${living.length} runs are`} on "${name}".`,
          mend: living.length === 1 ? 'Cancel it, or wait for its end.' : 'Cancel them, or wait for their end.',
        });
      store.targets.remove(name);
      changes.tell('targets');
    },
    test,
    load: (name) => using(settingsOf(name), ({ open }) => open.queue.load()),
    files: (name, path) =>
      using(settingsOf(name), async ({ open }) => {
        const at = `${name}:${path}`;
        const there = [{ name: at, path: at, endings: ['.parquet', '.pq'] }];
        if (readTargetPath(at) === undefined)
          throw fail('file.not-absolute', {
            message: `"${path}" is no path that begins with "/".`,
            mend: 'Give the whole path on the target.',
          });
        const listings = await lookThere(open, there, { kinds: ['read.parquet'], installation });
        for (const listing of listings) await keepListing(join(artifacts.folder, listingsFolder), listing);
        changes.tell('files');
        const files = listings.flatMap((listing) => listing.files);
        return {
          files: files.length,
          bytes: files.reduce((sum, file) => sum + file.bytes, 0),
          first: files[0]?.place ?? '',
        };
      }),
    clean: (name) => {
      const only = store.placements.list(500).flatMap((p) => (p.target === name && p.phase === 'ended' ? p.run : []));
      return using(settingsOf(name), ({ open }) =>
        cleanUp(open.files, { olderThanDays: 0, keep: store.placements.open(), only }),
      );
    },
    place: (run, request, target, resources, onEvent, makeHere) => {
      const settings = settingsOf(target);
      const placement: Placement = {
        run,
        settings,
        phase: 'staging',
        words: '',
        request: JSON.parse(JSON.stringify(request)),
        state: freshState({ ...resourcesOf(settings), ...resources }),
        sentBytes: 0,
        fetchedBytes: 0,
        createdMs: now(),
        submittedMs: null,
        endedMs: null,
      };
      store.placements.save(placement);
      return start(placement, onEvent, makeHere);
    },
    attach: (run, onEvent, makeHere) => {
      const placement = store.placements.get(run);
      return placement === undefined || placement.phase === 'ended' ? undefined : start(placement, onEvent, makeHere);
    },
    close: async () => {
      const enough = new AbortController();
      await Promise.race([Promise.all(tidying), pause(longestTidyMs, enough.signal)]);
      enough.abort();
      for (const { watch, idle } of connected.values()) {
        clearTimeout(idle);
        watch.close();
      }
      connected.clear();
    },
  };
}

const asFinding = (problem: Problem): Finding => ({
  what: problem.code,
  state: 'bad',
  text: problem.message,
  ...(problem.mend === undefined ? {} : { detail: problem.mend }),
});

function checkSettings(settings: TargetSettings): void {
  const wants = { local: null, ssh: 'host', slurm: 'host', ray: 'url', kubernetes: null } as const;
  const wanted = wants[settings.kind];
  if (wanted !== null && settings[wanted] === undefined)
    throw fail('target.incomplete', {
      message: `A target of the kind "${settings.kind}" needs --${wanted}.`,
      mend: `Give it with --${wanted}.`,
    });
  checkOptions(settings);
}

function readPlan(out: string, lastWords: string, memory: End['memory']): Shipping {
  if (memory !== undefined) {
    throw failWith(tooMuchMemory('The plan of what to send', memory));
  }
  let said: { problem?: Problem };
  try {
    said = JSON.parse(out);
  } catch (cause) {
    throw fail(
      'run.process-died',
      {
        message: 'The process that plans what to send ended early.',
        mend: 'Run again.',
        facts: { lastWords },
      },
      { cause },
    );
  }
  if (said.problem !== undefined) throw failWith(said.problem);
  return shipping.parse(said);
}

/** The host never plans nor hashes: a process of its own does. */
function planOutside(command: readonly string[], request: RunRequest, signal: AbortSignal): Promise<Shipping> {
  return new Promise((resolve, reject) => {
    const { child, stdin, stdout, stderr, howItEnded } = startComputing(command, { role: 'plan' });
    let [out, err] = ['', ''];
    const stop = (): void => void child.kill('SIGKILL');
    signal.addEventListener('abort', stop, { once: true });
    stdout.on('data', (data: Buffer) => (out += data.toString()));
    stderr.on('data', (data: Buffer) => (err = `${err}${data.toString()}`.slice(-4000)));
    stdin.on('error', () => undefined);
    child.once('error', reject);
    child.once('close', (code, killed) => {
      signal.removeEventListener('abort', stop);
      void howItEnded(code, killed, err)
        .then(({ memory }) => readPlan(out, err, memory))
        .then(resolve, reject);
    });
    stdin.end(`${JSON.stringify(request)}\n`);
  });
}
