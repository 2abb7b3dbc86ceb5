/** The processes of services: each answers with one model. What ends by itself is started again, so often. */
import { fail, toProblem, type Problem } from '../../../shared/errors.ts';
import { startServiceProcess, type ServiceProcess } from '../../serve/service-process.ts';
import type { ArtifactStore } from '../../store/artifacts/artifact-store.ts';
import type { StoredService } from '../../store/services.ts';
import type { Store } from '../../store/store.ts';
import type { ChangeHub } from '../change-hub.ts';
import { otherModels, secretsOf } from './served-languages.ts';

export interface LiveService {
  status: 'starting' | 'running' | 'failed';
  process: ServiceProcess | undefined;
  url: string | null;
  startedMs: number | null;
  problem: Problem | null;
  /** Ends by itself so often in a row: then it is left alone. */
  deaths: number;
}
export interface ServiceProcessOptions {
  store: Store;
  artifacts: ArtifactStore;
  changes: ChangeHub;
  /** The Node binary and the script of a service. */
  serviceCommand: readonly string[];
  /** Values of secrets by name; those that there are. Default: none. */
  readSecrets?: (names: readonly string[]) => Promise<Record<string, string>>;
  now: () => number;
}
export interface ServiceProcesses {
  get: (name: string) => LiveService | undefined;
  launch: (service: StoredService) => Promise<void>;
  halt: (name: string) => Promise<void>;
  /** It could not be started at all. */
  refused: (name: string, problem: Problem) => void;
  close: () => Promise<void>;
}

const restartsInARow = 3;
/** After so long a life, an end is no longer one of a row. */
const stableAfterMs = 60_000;

const newService = (deaths: number): LiveService => ({
  status: 'starting',
  process: undefined,
  url: null,
  startedMs: null,
  problem: null,
  deaths,
});

export function makeServiceProcesses(options: ServiceProcessOptions): ServiceProcesses {
  const { store, changes, now } = options;
  const live = new Map<string, LiveService>();
  let closing = false;

  async function launch(service: StoredService, deaths = 0): Promise<void> {
    const { name } = service;
    await halt(name);
    const one = newService(deaths);
    live.set(name, one);
    changes.notify('services');
    try {
      const secrets = await (options.readSecrets?.(secretsOf(service, options.artifacts)) ?? {});
      // Stopped meanwhile, or started once more.
      if (live.get(name) !== one) return;
      one.process = startProcess(service, secrets, options);
      void one.process.ended.then((problem) => noticeEnd(service, one, problem));
      const { port, url } = await one.process.ready;
      Object.assign(one, { status: 'running', url, startedMs: now() } satisfies Partial<LiveService>);
      if (store.services.get(name) !== undefined) store.services.setPort(name, port);
    } catch (error) {
      Object.assign(one, { status: 'failed', problem: toProblem(error) } satisfies Partial<LiveService>);
    }
    changes.notify('services');
  }

  function noticeEnd(service: StoredService, one: LiveService, problem: Problem | undefined): void {
    if (closing || live.get(service.name) !== one) return;
    const wasRunning = one.status === 'running';
    Object.assign(one, {
      status: 'failed',
      url: null,
      process: undefined,
      problem: one.problem ?? problem ?? null,
    } satisfies Partial<LiveService>);
    changes.notify('services');
    const deaths = one.startedMs !== null && now() - one.startedMs > stableAfterMs ? 1 : one.deaths + 1;
    if (wasRunning && deaths <= restartsInARow) void launch(service, deaths);
  }

  async function halt(name: string): Promise<void> {
    const one = live.get(name);
    live.delete(name);
    await one?.process?.stop();
  }

  return {
    get: (name) => live.get(name),
    launch,
    halt,
    refused: (name, problem) => void live.set(name, { ...newService(0), status: 'failed', problem }),
    close: async () => {
      closing = true;
      await Promise.all([...live.keys()].map(halt));
    },
  };
}

function startProcess(
  service: StoredService,
  secrets: Readonly<Record<string, string>>,
  { store, artifacts, serviceCommand }: ServiceProcessOptions,
): ServiceProcess {
  const { name } = service;
  const artifact = artifacts.find(service.model_key);
  if (artifact === undefined)
    throw fail('service.no-model', {
      message: `The model of "${name}" is no longer stored.`,
      mend: 'Train it again, then deploy it again.',
    });
  const file = Object.values(artifact.manifest.ports).find((port) => port.wire === 'model' || port.wire === 'llm')
    ?.files[0];
  if (file === undefined)
    throw fail('service.no-model', { message: `What "${name}" refers to is no model.`, mend: 'Deploy a model.' });
  return startServiceProcess(
    {
      service: name,
      folder: artifact.folder,
      model: service.model,
      version: service.model_version,
      key: service.model_key,
      port: service.port ?? 0,
      // A port that was found free the last time is a wish, one that a person chose is an order.
      anyPort: !('port' in service.settings) || service.settings['port'] === null,
      token: service.token,
      settings: service.settings,
      others: otherModels(service).flatMap((key) => artifacts.find(key)?.folder ?? []),
      flowyard: artifacts.folder,
      secrets,
    },
    {
      command: serviceCommand,
      onRequest: (request) =>
        store.recordRequest({
          ...request,
          service: name,
          model: service.model,
          model_key: service.model_key,
          model_version: service.model_version,
        }),
    },
  );
}
