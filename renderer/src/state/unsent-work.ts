/**
 * Steps that the host could not take, kept by the browser while nobody answers: a window that ends meanwhile loses nothing. The next window hands them over.
 * A window holds a lock of the browser under its name, so that the others see whether it lives.
 */
import { applyChanges, join, type Change } from '../../../shared/pipeline/changes.ts';
import type { PipelineFile } from '../../../shared/pipeline/file.ts';
import { merge } from '../../../shared/pipeline/merge.ts';
import { host } from '../rpc/host.ts';

export interface UnsentWork {
  draft: string;
  window: string;
  /** The number of the last edit that was sent. */
  seq: number;
  /** Perhaps taken: the host knows by the number. */
  sent: readonly Change[];
  unsent: readonly Change[];
  /** What the host had, and what that is beside its content. */
  path: string | null;
  baseHash: string | null;
  trusted: boolean;
  file: PipelineFile;
  saved: PipelineFile | null;
}

const table = 'unsent';
const lockOf = (window: string): string => `flowyard window ${window}`;
/** A page that is not of a secure origin has no locks: then nothing is kept. */
const canKeep = (): boolean => typeof indexedDB !== 'undefined' && typeof navigator.locks !== 'undefined';

let opened: Promise<IDBDatabase> | undefined;
const database = (): Promise<IDBDatabase> =>
  (opened ??= new Promise((resolve, reject) => {
    const request = indexedDB.open('flowyard', 1);
    request.addEventListener('upgradeneeded', () =>
      request.result.createObjectStore(table, { keyPath: ['window', 'draft'] }),
    );
    request.addEventListener('success', () => resolve(request.result));
    request.addEventListener('error', () => reject(request.error ?? new Error('the browser keeps nothing')));
  }));

async function inTable<T>(mode: IDBTransactionMode, ask: (store: IDBObjectStore) => IDBRequest<T>): Promise<T> {
  const request = ask((await database()).transaction(table, mode).objectStore(table));
  return new Promise((resolve, reject) => {
    request.addEventListener('success', () => resolve(request.result));
    request.addEventListener('error', () => reject(request.error ?? new Error('the browser keeps nothing')));
  });
}

/** Says to the other windows that this one lives. */
export function holdWindow(window: string): void {
  if (canKeep()) void navigator.locks.request(lockOf(window), () => new Promise<never>(() => undefined));
}

/** A browser that keeps nothing (a private window, a full disk) leaves the work in the page, as before. */
export async function keepUnsent(work: UnsentWork): Promise<void> {
  if (canKeep()) await inTable('readwrite', (store) => store.put(work)).catch(() => undefined);
}
export async function dropUnsent(window: string, draft: string): Promise<void> {
  if (canKeep()) await inTable('readwrite', (store) => store.delete([window, draft])).catch(() => undefined);
}

/** Hands over what windows that are gone could not. What fails is tried again with the next connection. */
export async function deliverUnsent(): Promise<void> {
  if (!canKeep()) return;
  const all = await inTable<UnsentWork[]>('readonly', (store) => store.getAll()).catch(() => []);
  for (const work of all)
    await navigator.locks.request(lockOf(work.window), { ifAvailable: true }, async (lock) => {
      if (lock === null) return;
      try {
        await deliver(work);
        await dropUnsent(work.window, work.draft);
      } catch {
        // It stays, and the connection's own state tells the person.
      }
    });
}

async function deliver({ seq, sent, unsent, ...base }: UnsentWork): Promise<void> {
  let { file } = base;
  let rev = 0;
  let ours: readonly Change[] = [];
  for await (const item of host()['pipelines.follow'](base)) {
    if (item.t === 'whole') {
      ({ file, rev } = item);
      ours = item.seq >= seq ? unsent : join(sent, unsent);
    } else if (item.t === 'edit') {
      file = applyChanges(file, item.changes);
      ({ rev } = item);
    } else continue;
    const { changes } = merge(file, ours);
    if (changes.length === 0) return;
    const { draft, window } = base;
    if ((await host()['pipelines.edit']({ draft, window, seq: seq + 1, rev, changes })).taken) return;
  }
}
