/** Deployments of this workspace: what the person wants is in SQLite, what lives is known by its processes. */
import type * as z from 'zod';
import { fail, toProblem } from '../../../shared/errors.ts';
import { serviceName } from '../../../shared/kind/fields/service-fields.ts';
import type { serviceRow } from '../../../shared/rpc/contract.ts';
import { newSecret } from '../../serve/sessions.ts';
import type { Json } from '../../store/json-columns.ts';
import type { ServiceDeclaration, StoredService } from '../../store/services.ts';
import type { Store } from '../../store/store.ts';
import { noModel } from '../no-model.ts';
import { askService } from './ask-service.ts';
import { makeServiceProcesses, type ServiceProcesses, type ServiceProcessOptions } from './service-processes.ts';

export type ServiceRow = z.output<typeof serviceRow>;
export interface ServiceManagerOptions extends ServiceProcessOptions {
  /** False: what a run declares is kept and not started. Default: true. */
  startsDeclared?: boolean;
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

/** By a run, or by hand. */
type Declared = Omit<ServiceDeclaration, 'origin'> & { origin: string | null };
interface Known {
  store: Store;
  processes: ServiceProcesses;
}

export function makeServiceManager({ startsDeclared = true, ...options }: ServiceManagerOptions): ServiceManager {
  const { store, changes, now } = options;
  const processes = makeServiceProcesses(options);
  const known: Known = { store, processes };
  return {
    list: () => store.services.list().map((service) => toRow(known, service)),
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
      const holder = holderOf(store, declared);
      if (holder !== undefined && !replace) throw nameTaken(holder);
      await processes.launch(keep(store, now(), declared));
      return toRow(known, storedOf(store, name));
    },
    replace: async (name) => {
      const offer = store.services.offerOf(name);
      if (offer === undefined)
        throw fail('service.no-offer', {
          message: `Nothing waits to replace the model of "${name}".`,
          mend: 'Run the pipeline again, or deploy the model.',
        });
      await processes.launch(keep(store, now(), offer));
      return toRow(known, storedOf(store, name));
    },
    declare: (declaration, replaces) => {
      const holder = holderOf(store, declaration);
      if (holder !== undefined && !replaces) {
        store.services.offer(declaration);
        changes.notify('services');
        return sayModel(holder);
      }
      try {
        const service = keep(store, now(), declaration);
        if (startsDeclared) void processes.launch(service);
      } catch (error) {
        processes.refused(declaration.name, toProblem(error));
      }
      return undefined;
    },
    start: async (name) => {
      const service = storedOf(store, name);
      store.services.setWanted(name, 'running');
      if (processes.get(name)?.status !== 'running') await processes.launch(service);
      return toRow(known, storedOf(store, name));
    },
    stop: async (name) => {
      storedOf(store, name);
      store.services.setWanted(name, 'stopped');
      await processes.halt(name);
      changes.notify('services');
      return toRow(known, storedOf(store, name));
    },
    remove: async (name) => {
      storedOf(store, name);
      await processes.halt(name);
      store.services.remove(name);
      store.requests.removeAll(name);
      changes.notify('services');
    },
    predict: async (name, rows, signal) => {
      const service = storedOf(store, name);
      const url = processes.get(name)?.url;
      if (url === undefined || url === null)
        throw fail('service.not-running', { message: `The service "${name}" does not run.`, mend: 'Start it.' });
      return askService(name, url, { token: service.token, rows, signal });
    },
    resume: () => {
      for (const service of store.services.list()) if (service.wanted === 'running') void processes.launch(service);
    },
    close: processes.close,
  };
}

function toRow({ store, processes }: Known, service: StoredService): ServiceRow {
  const one = processes.get(service.name);
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
    offered: offerOf(store, service.name),
  };
}
function offerOf(store: Store, name: string): ServiceRow['offered'] {
  const offer = store.services.offerOf(name);
  return offer === undefined ? null : { model: offer.model, model_version: offer.modelVersion };
}
const storedOf = (store: Store, name: string): StoredService => {
  const service = store.services.get(name);
  if (service === undefined)
    throw fail('service.unknown', {
      message: `There is no service "${name}".`,
      mend: 'Choose one from the list of services.',
    });
  return service;
};

/** The other model that has the name, unless the same node of the same saved pipeline put it there. */
function holderOf(store: Store, { name, modelKey, origin }: Declared): StoredService | undefined {
  const holder = store.services.get(name);
  if (holder === undefined || holder.model_key === modelKey) return undefined;
  // Unsaved pipelines of one title are told apart by nothing.
  const isOwn = origin !== null && origin === holder.origin && !origin.startsWith('unsaved:');
  return isOwn ? undefined : holder;
}

function keep(store: Store, createdMs: number, declaration: Declared): StoredService {
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
    created_ms: createdMs,
    origin,
  });
  return storedOf(store, name);
}

const sayModel = ({ model, model_version: version }: Pick<StoredService, 'model' | 'model_version'>): string =>
  version === 0 ? model : `${model} ${version}`;

const nameTaken = (holder: StoredService) =>
  fail('service.name-taken', {
    message: `The service "${holder.name}" answers with ${sayModel(holder)}.`,
    mend: 'Give another name, or say that its model is to be replaced.',
    facts: { service: holder.name, model: holder.model, version: holder.model_version },
  });
