/** Deployments of this workspace: each a process of its own that answers with one model. What the person wants is in SQLite; what lives is known here. */
import { fail, toProblem, type Problem } from '../../shared/errors.ts';
import type * as z from 'zod';
import type { serviceRow } from '../../shared/rpc/contract.ts';
import { serviceName } from '../../shared/spec/service-fields.ts';
import { newSecret } from '../serve/sessions.ts';
import { startServiceProcess, type ServiceProcess } from '../serve/service-process.ts';
import type { ArtifactStore } from '../store/artifacts/artifact-store.ts';
import type { Json } from '../store/json-columns.ts';
import type { ServiceDeclaration, StoredService } from '../store/services.ts';
import type { Store } from '../store/store.ts';
import { askService } from './ask-service.ts';
import type { ChangeHub } from './change-hub.ts';
import { noModel } from './handlers/models.ts';
import { otherModels, secretsOf } from './served-languages.ts';

export type ServiceRow = z.output<typeof serviceRow>;
export interface ServiceManagerOptions {
  store: Store;
  artifacts: ArtifactStore;
  changes: ChangeHub;
  /** The Node binary and the script of a service. */
  serviceCommand: readonly string[];
  /** Values of secrets by name; those that there are. Default: none. */
  readSecrets?: (names: readonly string[]) => Promise<Record<string, string>>;
  /** False: what a run declares is kept and not started. Default: true. */
  startsDeclared?: boolean;
  now: () => number;
}
export interface ServiceManager {
  list: () => ServiceRow[];
  deploy: (request: {
    model: string;
    version: number | null;
    name: string;
    port: number | null;
    /** Another model that has the name may go. */
    replace: boolean;
    settings?: Record<string, Json>;
  }) => Promise<ServiceRow>;
  /**
   * Keeps what a run declared and starts it in the background; a failure is in its row. Another pipeline's model that has the name stays, unless it may be
   * replaced: then the new one is offered, and the one that stays is named.
   */
  declare: (declaration: ServiceDeclaration, replaces: boolean) => string | undefined;
  /** Takes what a run offered. */
  replace: (name: string) => Promise<ServiceRow>;
  start: (name: string) => Promise<ServiceRow>;
  stop: (name: string) => Promise<ServiceRow>;
  remove: (name: string) => Promise<void>;
  predict: (
    name: string,
    rows: readonly Record<string, Json>[],
    signal: AbortSignal,
  ) => Promise<{ status: number; body: Json; latency_ms: number }>;
  /** Starts what ran when the last host ended. */
  resume: () => void;
  close: () => Promise<void>;
}

interface LiveService {
  status: 'starting' | 'running' | 'failed';
  process: ServiceProcess | undefined;
  url: string | null;
  startedMs: number | null;
  problem: Problem | null;
  /** Ends by itself so often in a row: then it is left alone. */
  deaths: number;
}
/** By a run, or by hand. */
type Declared = Omit<ServiceDeclaration, 'origin'> & { origin: string | null };
const sayModel = ({ model, model_version: version }: Pick<StoredService, 'model' | 'model_version'>): string =>
  version === 0 ? model : `${model} ${version}`;
const restartsInARow = 3;
/** After so long a life, an end is no longer one of a row. */
const stableAfterMs = 60_000;

export function makeServiceManager({
  store,
  artifacts,
  changes,
  serviceCommand,
  readSecrets = async () => ({}),
  startsDeclared = true,
  now,
}: ServiceManagerOptions): ServiceManager {
  const live = new Map<string, LiveService>();
  let closing = false;

  function toRow(service: StoredService): ServiceRow {
    const one = live.get(service.name);
    return {
      name: service.name,
      model: service.model,
      model_version: service.model_version,
      model_key: service.model_key,
      status: one?.status ?? 'stopped',
      url: one?.url ?? null,
      token: service.token,
      port: service.port,
      settings: service.settings,
      created_ms: service.created_ms,
      started_ms: one?.startedMs ?? null,
      ...store.requests.totals(service.name),
      problem: one?.problem ?? null,
      offered: offerOf(service.name),
    };
  }
  function offerOf(name: string): ServiceRow['offered'] {
    const offer = store.services.offerOf(name);
    return offer === undefined ? null : { model: offer.model, model_version: offer.modelVersion };
  }
  const rowOf = (name: string): ServiceRow => toRow(storedOf(name));
  const storedOf = (name: string): StoredService => {
    const service = store.services.get(name);
    if (service === undefined)
      throw fail('service.unknown', {
        message: `There is no service "${name}".`,
        mend: 'Choose one from the list of services.',
      });
    return service;
  };

  async function launch(service: StoredService, deaths = 0): Promise<void> {
    const { name } = service;
    await halt(name);
    const one: LiveService = {
      status: 'starting',
      process: undefined,
      url: null,
      startedMs: null,
      problem: null,
      deaths,
    };
    live.set(name, one);
    changes.tell('services');
    try {
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
      one.process = startServiceProcess(
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
          secrets: await readSecrets(secretsOf(service, artifacts)),
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
      void one.process.ended.then((problem) => noticeEnd(service, one, problem));
      const { port, url } = await one.process.ready;
      Object.assign(one, { status: 'running', url, startedMs: now() } satisfies Partial<LiveService>);
      if (store.services.get(name) !== undefined) store.services.setPort(name, port);
    } catch (error) {
      Object.assign(one, { status: 'failed', problem: toProblem(error) } satisfies Partial<LiveService>);
    }
    changes.tell('services');
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
    changes.tell('services');
    const deaths = one.startedMs !== null && now() - one.startedMs > stableAfterMs ? 1 : one.deaths + 1;
    if (wasRunning && deaths <= restartsInARow) void launch(service, deaths);
  }

  async function halt(name: string): Promise<void> {
    const one = live.get(name);
    live.delete(name);
    await one?.process?.stop();
  }

  /** The other model that has the name, unless the same node of the same saved pipeline put it there. */
  function holderOf({ name, modelKey, origin }: Declared): StoredService | undefined {
    const holder = store.services.get(name);
    if (holder === undefined || holder.model_key === modelKey) return undefined;
    // Unsaved pipelines of one title are told apart by nothing.
    const isOwn = origin !== null && origin === holder.origin && !origin.startsWith('unsaved:');
    return isOwn ? undefined : holder;
  }

  function keep(declaration: Declared): StoredService {
    const { name, model, modelVersion, modelKey, settings, origin } = declaration;
    if (!serviceName.test(name))
      throw fail('service.bad-name', {
        message: `"${name}" cannot name a service.`,
        mend: 'Use letters, digits, ".", "_" and "-", at most 80.',
      });
    const port = typeof settings['port'] === 'number' ? settings['port'] : null;
    const token = settings['auth'] === 'none' ? null : (store.services.get(name)?.token ?? newSecret());
    store.services.save({
      name,
      model,
      model_version: modelVersion,
      model_key: modelKey,
      wanted: 'running',
      port,
      token,
      settings,
      created_ms: now(),
      origin,
    });
    return storedOf(name);
  }

  return {
    list: () => store.services.list().map(toRow),
    deploy: async ({ model, version, name, port, replace, settings = {} }) => {
      const found = store.models.get(model, version) ?? noModel(model, version);
      const declared: Declared = {
        name,
        model,
        modelVersion: found.version,
        modelKey: found.key,
        settings: port === null ? settings : { ...settings, port },
        origin: null,
      };
      const holder = holderOf(declared);
      if (holder !== undefined && !replace) throw nameTaken(holder);
      await launch(keep(declared));
      return rowOf(name);
    },
    replace: async (name) => {
      const offer = store.services.offerOf(name);
      if (offer === undefined)
        throw fail('service.no-offer', {
          message: `Nothing waits to replace the model of "${name}".`,
          mend: 'Run the pipeline again, or deploy the model.',
        });
      await launch(keep(offer));
      return rowOf(name);
    },
    declare: (declaration, replaces) => {
      const holder = holderOf(declaration);
      if (holder !== undefined && !replaces) {
        store.services.offer(declaration);
        changes.tell('services');
        return sayModel(holder);
      }
      try {
        const service = keep(declaration);
        if (startsDeclared) void launch(service);
      } catch (error) {
        live.set(declaration.name, {
          status: 'failed',
          process: undefined,
          url: null,
          startedMs: null,
          problem: toProblem(error),
          deaths: 0,
        });
      }
      return undefined;
    },
    start: async (name) => {
      const service = storedOf(name);
      store.services.setWanted(name, 'running');
      if (live.get(name)?.status !== 'running') await launch(service);
      return rowOf(name);
    },
    stop: async (name) => {
      storedOf(name);
      store.services.setWanted(name, 'stopped');
      await halt(name);
      changes.tell('services');
      return rowOf(name);
    },
    remove: async (name) => {
      storedOf(name);
      await halt(name);
      store.services.remove(name);
      store.requests.removeAll(name);
      changes.tell('services');
    },
    predict: async (name, rows, signal) => {
      const service = storedOf(name);
      const url = live.get(name)?.url;
      if (url === undefined || url === null)
        throw fail('service.not-running', { message: `The service "${name}" does not run.`, mend: 'Start it.' });
      return askService(name, url, { token: service.token, rows, signal });
    },
    resume: () => {
      for (const service of store.services.list()) if (service.wanted === 'running') void launch(service);
    },
    close: async () => {
      closing = true;
      await Promise.all([...live.keys()].map(halt));
    },
  };
}

const nameTaken = (holder: StoredService) =>
  fail('service.name-taken', {
    message: `The service "${holder.name}" answers with ${sayModel(holder)}.`,
    mend: 'Give another name, or say that its model is to be replaced.',
    facts: { service: holder.name, model: holder.model, version: holder.model_version },
  });
