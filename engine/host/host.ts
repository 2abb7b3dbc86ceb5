/** The host of one workspace: history, results, runs and services behind the contract. Started by the desktop shell, by `flowyard app` and by `flowyard run`. */
import { realpath } from 'node:fs/promises';
import { availableParallelism } from 'node:os';
import { join } from 'node:path';
import { watch } from 'node:fs';
import { fail, fault, type Problem, toProblem } from '../../shared/errors.ts';
import { contract, protocolVersion, type Contract } from '../../shared/rpc/contract.ts';
import type { Pipe } from '../../shared/rpc/pipe.ts';
import { serve } from '../../shared/rpc/server.ts';
import type { Handlers } from '../../shared/rpc/typed.ts';
import type { Previews, PreviewView } from '../preview/start-previews.ts';
import { makeBudget, memoryOfRuns } from '../compute/budget.ts';
import { makeLanguageManager } from '../llm/language-manager.ts';
import type { SpareRunner } from '../run/runner/spare-runner.ts';
import { startAppServer, type AppServer } from '../serve/app-server.ts';
import { makeCacheSizes } from '../workspace/cache-sizes.ts';
import { makeChangeHub } from '../workspace/change-hub.ts';
import { collectCache } from '../workspace/collect-cache.ts';
import { appHandlers } from '../workspace/handlers/app.ts';
import { fileHandlers } from '../workspace/handlers/files.ts';
import { labelHandlers } from '../workspace/handlers/labels.ts';
import { modelHandlers } from '../workspace/handlers/models.ts';
import { pipelineHandlers, refuseUntrusted } from '../workspace/handlers/pipelines.ts';
import { resultHandlers } from '../workspace/handlers/results.ts';
import { runHandlers } from '../workspace/handlers/runs.ts';
import { languageHandlers } from '../workspace/handlers/languages.ts';
import { serviceHandlers } from '../workspace/handlers/services.ts';
import { devicesHandlers } from '../workspace/handlers/devices.ts';
import { limitHandlers } from '../workspace/handlers/limits.ts';
import { targetHandlers } from '../workspace/handlers/targets.ts';
import { trainingHandlers } from '../workspace/handlers/training.ts';
import type { Caller, HostContext } from '../workspace/host-context.ts';
import { listExamples } from '../workspace/pipeline-files.ts';
import { keepModelMetrics, registerOutputs } from '../workspace/runs/registered-outputs.ts';
import type { ServiceDeclaration } from '../store/services.ts';
import { keepPrompts } from '../workspace/keep-prompts.ts';
import { makeOpenPipelines } from '../workspace/open/open-pipelines.ts';
import { makeRunManager } from '../workspace/runs/run-manager.ts';
import type { NewRunRequest } from '../workspace/runs/new-run-request.ts';
import { makeServiceManager } from '../workspace/services/service-manager.ts';
import { makeRemoteManager } from '../workspace/remotes/remote-manager.ts';
import type { Installation } from '../remote/staging/bundle.ts';
import { makeUploads } from '../workspace/uploads.ts';
import { openArtifacts } from '../store/artifacts/artifacts.ts';
import { removeOldFindings } from '../run/reader-findings.ts';
import { removeOldCheckpoints } from '../store/artifacts/checkpoints.ts';
import { isWritable } from '../store/open-database.ts';
import { toProblemOf } from '../files/store-problem.ts';
import { openStore } from '../store/store.ts';
import { readNamed } from '../secrets/named-secrets.ts';
import type { SecretStore } from '../secrets/secret-store.ts';
import { takeLock, type LivingHost } from './lock.ts';

/** What plans and previews: composed outside, as it needs the node kinds. */
export type Engine = Pick<Previews, 'view' | 'warm' | 'renew' | 'close'>;

export interface HostOptions {
  workspace: string;
  version: string;
  /** `resources/`, with `examples/` in it. */
  resourcesFolder: string;
  /** The Node binary and script of a run, of a service. */
  runnerCommand: readonly string[];
  /** For the first run: a process that was started before the host. */
  spareRunner?: SpareRunner | undefined;
  serviceCommand: readonly string[];
  /** What is sent to targets, and the process that plans it. Default: nothing can be sent. */
  sending?: { installation: Installation; shipCommand: readonly string[] };
  /** Of a language-model worker: without it the window can ask no model of this machine. */
  languageCommand?: readonly string[];
  /** Keys of endpoints and services. Default: none. */
  secrets?: SecretStore;
  /** Whether a run uses the heavy engine (`engine/compute/budget.ts`). Default: none does. */
  isHeavy?: (request: Pick<NewRunRequest, 'file'>) => boolean;
  startEngine: (environment: Pick<HostContext, 'workspace' | 'store' | 'artifacts' | 'changes'>) => Engine;
  cacheLimitBytes?: number;
  /** False for a host that lives for one run: what is deployed or on a target is kept, and the next host that stays takes it up. Default: true. */
  startsServices?: boolean;
  /** Called once when a host that lives for one command is in the workspace: its end is waited for. Default: that host is the one found. */
  onWait?: (() => void) | undefined;
  now?: () => number;
  /** What a person should read: a damaged history, a full disk, a fault. */
  log?: (problem: Problem) => void;
}

export interface Host {
  workspace: string;
  context: HostContext;
  /** A window's pipe, or that of a process of this user. */
  serve: (pipe: Pipe, caller?: Caller) => void;
  /** Serves the window to this machine's browser and to processes that find the lock. Without a port: where the last windows were, if that is free, so that they find it. */
  serveApp: (options: { rendererFolder: string; port?: number | undefined }) => Promise<AppServer>;
  /** For a host that lives for one command: brings the runs of others to their end, lets them read it, and closes. */
  leave: () => Promise<void>;
  close: () => Promise<void>;
}
/** The host, or the one that lives in the workspace already. */
export type StartedHost = { started: true; host: Host } | { started: false; living: LivingHost };

const nothingToSend = { installation: { remoteFolder: '', moduleFolders: [], nodeBinary: '' }, shipCommand: [] };
const defaultCacheLimitBytes = 20 * 2 ** 30;
/** Other commands have read the end of their runs long before, but for a machine that stands still. */
const clientsLeaveMs = 10_000;

// Over 80 lines: all parts of a host are put together here, in the order that is reversed when it closes.
export async function startHost(options: HostOptions): Promise<StartedHost> {
  const {
    now = Date.now,
    log = () => undefined,
    cacheLimitBytes = defaultCacheLimitBytes,
    startsServices = true,
  } = options;
  const workspace = await realpath(options.workspace).catch((cause: unknown) => {
    throw fail(
      'store.no-workspace',
      { message: `The folder ${options.workspace} is not there.`, mend: 'Open another folder, or put it back.' },
      { cause },
    );
  });
  const readOnly = !isWritable(join(workspace, '.flowyard'));
  const lock = await takeLock(workspace, { readOnly, onWait: options.onWait });
  if (!lock.taken) return { started: false, living: lock.living };
  // What is open is closed again when a later part fails.
  await using opened = new AsyncDisposableStack();
  opened.defer(lock.release);

  const store = openStore(workspace, { now, damaged: 'set-aside', onWriteProblem: log });
  opened.defer(() => store.close());
  if (store.notice !== undefined) log(store.notice);
  const artifacts = await openArtifacts({ folder: join(workspace, '.flowyard'), readOnly, now });
  const changes = makeChangeHub();
  const readSecrets = async (names: readonly string[]): Promise<Record<string, string>> =>
    options.secrets === undefined || names.length === 0 ? {} : readNamed(options.secrets, names);
  const services = makeServiceManager({
    store,
    artifacts,
    changes,
    serviceCommand: options.serviceCommand,
    readSecrets,
    startsDeclared: startsServices,
    now,
  });
  const targets = makeRemoteManager({
    store,
    artifacts,
    changes,
    ...(options.sending ?? nothingToSend),
    readSecrets,
    now,
  });
  opened.defer(targets.close);
  const budget = makeBudget({ memoryBytes: memoryOfRuns(), threads: availableParallelism() });
  const runs = makeRunManager({
    targets,
    budget,
    ...(options.isHeavy === undefined ? {} : { isHeavy: options.isHeavy }),
    workspace,
    store,
    artifacts,
    changes,
    runnerCommand: options.runnerCommand,
    readSecrets,
    spareRunner: options.spareRunner,
    now,
    onOutputs: (event, replaces) => {
      const declareService = (declaration: ServiceDeclaration) => services.declare(declaration, replaces);
      const facts = registerOutputs(event, { store, artifacts, now, declareService });
      if (facts.length > 0) changes.notify('models', 'services');
      return facts;
    },
    onProblem: log,
    onFinished: (run) => {
      keepModelMetrics(store, run);
      keepPrompts(store, run, now());
      changes.notify('models', 'languages');
      void collectCache(context, cacheLimitBytes).catch((error: unknown) =>
        log(
          fail('cache.failed', {
            message: `Old results could not be removed: ${String(error)}.`,
            mend: 'Nothing is lost: it is tried again after the next run.',
          }).problem,
        ),
      );
    },
  });
  const languageManager = makeLanguageManager({
    workspace,
    artifacts,
    command: options.languageCommand ?? [],
    budget,
    secret: async (name) => (await readSecrets([name]))[name],
    service: (name) => {
      const found = services.list().find((service) => service.name === name);
      const url = found?.url ?? null;
      return found === undefined || url === null ? undefined : { url, token: found.token };
    },
  });
  opened.defer(() => languageManager.close());
  const uploads = makeUploads(workspace, artifacts);
  const open = makeOpenPipelines({
    workspace,
    drafts: store.drafts,
    changes,
    isTrusted: store.pipelines.isTrusted,
    lastRun: ({ draft, path }) => (path === null ? store.runs.lastOfDraft(draft) : store.runs.last(path))?.id ?? null,
    now,
  });
  const examplesFolder = join(options.resourcesFolder, 'examples');
  const context: HostContext = {
    version: options.version,
    workspace,
    examplesFolder,
    examples: await listExamples(examplesFolder),
    cacheLimitBytes,
    store,
    artifacts,
    changes,
    open,
    runs,
    services,
    targets,
    uploads,
    now,
  };
  const engine = options.startEngine(context);
  opened.defer(() => engine.close());
  opened.defer(() => uploads.close());
  opened.defer(() => services.close());
  opened.defer(() => runs.close());
  opened.defer(() => open.close());
  if (!readOnly) {
    await removeOldCheckpoints(artifacts.folder, now());
    await removeOldFindings(artifacts.folder, now());
  }
  opened.defer(watchFolders(workspace, () => changes.notify('files')));
  if (startsServices) {
    services.resume();
    // What is on targets went on without a host: it is followed again.
    for (const run of store.placements.open()) runs.attach(run);
  }

  const sizes = makeCacheSizes(artifacts);
  const labels = labelHandlers(context);
  const handlersFor = (caller: Caller, { handlers }: PreviewView): Handlers<Contract> => ({
    ...appHandlers(context, sizes),
    ...fileHandlers(context),
    ...pipelineHandlers(context),
    ...runHandlers(context, caller),
    ...trainingHandlers(context),
    ...labels,
    ...devicesHandlers(options.runnerCommand),
    ...limitHandlers(context, engine.renew),
    ...resultHandlers(context, sizes),
    ...modelHandlers(context),
    ...serviceHandlers(context),
    ...targetHandlers(context),
    ...languageHandlers(context, languageManager, options.secrets),
    ...handlers,
    // A file from elsewhere opens inert: not even its data is read before somebody trusted it.
    'preview.open': async (input, call) => {
      await refuseUntrusted(context, input.pipeline);
      return handlers['preview.open'](input, call);
    },
  });
  const clients = makeClients();
  const servePipe = (pipe: Pipe, caller: Caller = 'window'): void => {
    const view = engine.view();
    pipe.onClose(view.close);
    if (caller === 'process') clients.add(pipe);
    if (caller === 'window') engine.warm();
    const onUnexpected = (method: string, error: unknown): void =>
      log(
        fault('internal.unexpected', {
          message: `${method}: ${error instanceof Error ? (error.stack ?? error.message) : String(error)}`,
        }).problem,
      );
    serve({
      contract,
      handlers: handlersFor(caller, view),
      pipe,
      protocol: protocolVersion,
      toProblem: toProblemOf(workspace),
      onUnexpected,
    });
  };
  const kept = opened.move();
  return {
    started: true,
    host: {
      workspace,
      context,
      serve: servePipe,
      serveApp: async ({ rendererFolder, port }) => {
        const start = (at: number): Promise<AppServer> =>
          startAppServer({ rendererFolder, port: at, workspace, sessions: store.sessions, now, serve: servePipe });
        const before = port ?? store.sessions.lastPort(now()) ?? 0;
        const app = await start(before).catch((error: unknown) => {
          if (port !== undefined || toProblem(error).code !== 'serve.port-in-use') throw error;
          return start(0);
        });
        kept.defer(app.close);
        await lock.announce({ url: app.url, token: app.bearer, lasting: startsServices });
        // Goes first: nobody is sent to an address where nobody answers.
        kept.defer(lock.withdraw);
        return app;
      },
      leave: async () => {
        while (runs.live().length > 0) await new Promise((done) => setTimeout(done, 5));
        runs.takeNoMore();
        lock.withdraw();
        await clients.gone(clientsLeaveMs);
        await kept.disposeAsync();
      },
      close: () => kept.disposeAsync(),
    },
  };
}

/** Who is connected, until they go. */
function makeClients(): { add: (pipe: Pipe) => void; gone: (patienceMs: number) => Promise<void> } {
  const here = new Set<Pipe>();
  let onEmpty = (): void => undefined;
  return {
    add: (pipe) => {
      here.add(pipe);
      pipe.onClose(() => {
        here.delete(pipe);
        if (here.size === 0) onEmpty();
      });
    },
    gone: (patienceMs) =>
      new Promise((resolve) => {
        const timer = setTimeout(resolve, patienceMs);
        onEmpty = () => {
          clearTimeout(timer);
          resolve();
        };
        if (here.size === 0) onEmpty();
      }),
  };
}

/** The workspace and its `data/`: what a person puts there appears in the window. Where the system cannot watch, the list is read again when it is opened. */
function watchFolders(workspace: string, onChange: () => void): () => void {
  const watchers = [workspace, join(workspace, 'data')].flatMap((folder) => {
    try {
      const watcher = watch(folder, { persistent: false }, (_event, name) => {
        if (name?.startsWith('.') !== true) onChange();
      });
      watcher.on('error', () => watcher.close());
      return [watcher];
    } catch {
      return [];
    }
  });
  return () => {
    for (const watcher of watchers) watcher.close();
  };
}
