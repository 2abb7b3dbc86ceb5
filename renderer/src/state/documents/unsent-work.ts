/**
 * Steps that the host could not take, kept by the browser while nobody answers or the host keeps nothing: a window that ends meanwhile loses nothing. The next
 * window hands them over, or, while they are refused, shows them as its own.
 * A window holds a lock of the browser under its name, so that the others see whether it lives.
 */
import * as z from 'zod';
import { toProblem, type Problem } from '../../../../shared/errors.ts';
import { applyChanges, join, pipelineChange, type Change } from '../../../../shared/pipeline/changes.ts';
import { pipelineFile } from '../../../../shared/pipeline/file.ts';
import { merge } from '../../../../shared/pipeline/merge.ts';
import { host } from '../../rpc/host.ts';
import { isRefusal, noteRefusal } from './refusals.ts';

export const unsentWork = z.object({
  draft: z.string(),
  hostDraft: z.string().optional(),
  window: z.string(),
  /** The number of the last edit that was sent. */
  seq: z.int(),
  /** Perhaps taken: the host knows by the number. */
  sent: z.array(pipelineChange).readonly(),
  unsent: z.array(pipelineChange).readonly(),
  /** What the host had, and what that is beside its content. */
  path: z.string().nullable(),
  baseHash: z.string().nullable(),
  trusted: z.boolean(),
  file: pipelineFile,
  saved: pipelineFile.nullable(),
});
export type UnsentWork = z.output<typeof unsentWork>;

/** What of it the host does not have, by the number of the last edit that it took of this window. */
export const notTaken = (
  { seq, sent, unsent }: Pick<UnsentWork, 'seq' | 'sent' | 'unsent'>,
  takenSeq: number,
): readonly Change[] => (takenSeq >= seq ? unsent : join(sent, unsent));

const table = 'unsent';
const lockOf = (window: string): string => `flowyard window ${window}`;
/** A page that is not of a secure origin has no locks: then nothing is kept. */
const canKeep = (): boolean => typeof indexedDB !== 'undefined' && typeof navigator.locks !== 'undefined';

let opened: Promise<IDBDatabase> | undefined;
/** A database that could not be opened, or that the browser closed, is opened anew by whoever asks next. */
const forget = (): void => void (opened = undefined);
const database = (): Promise<IDBDatabase> =>
  (opened ??= new Promise((resolve, reject) => {
    const request = indexedDB.open('flowyard', 1);
    request.addEventListener('upgradeneeded', () =>
      request.result.createObjectStore(table, { keyPath: ['window', 'draft'] }),
    );
    request.addEventListener('success', () => {
      request.result.addEventListener('close', forget);
      resolve(request.result);
    });
    request.addEventListener('error', () => {
      forget();
      reject(request.error ?? new Error('the browser keeps nothing'));
    });
  }));

/** Answers once it is done, and not before. */
async function inTable<T>(mode: IDBTransactionMode, ask: (store: IDBObjectStore) => IDBRequest<T>): Promise<T> {
  const transaction = (await database()).transaction(table, mode);
  const request = ask(transaction.objectStore(table));
  return new Promise((resolve, reject) => {
    transaction.addEventListener('complete', () => resolve(request.result));
    transaction.addEventListener('abort', () =>
      reject(transaction.error ?? request.error ?? new Error('the browser keeps nothing')),
    );
  });
}

/** Says to the other windows that this one lives. */
export function holdWindow(window: string): void {
  if (canKeep()) void navigator.locks.request(lockOf(window), () => new Promise<never>(() => undefined));
}

/** A browser that keeps nothing (a private window, a full disk) leaves the work in the page, as before: false. */
export async function keepUnsent(work: UnsentWork): Promise<boolean> {
  if (!canKeep()) return false;
  return inTable('readwrite', (store) => store.put(work)).then(
    () => true,
    () => false,
  );
}
export async function dropUnsent(window: string, draft: string): Promise<void> {
  if (canKeep()) await inTable('readwrite', (store) => store.delete([window, draft])).catch(() => undefined);
}

/** The page that was in this tab before: it is gone, though the browser may not have noticed yet. */
let before: { window: string; isKept: Promise<unknown> } | undefined;
/** Work of that page goes with that of the other windows that are gone. */
export function handOver(window: string, works: readonly UnsentWork[]): void {
  before = { window, isKept: Promise.all(works.map(keepUnsent)) };
}

/** Gives work to the open pipeline of one of these names; true once it is kept there. */
export type ReceiveUnsent = (
  names: readonly string[],
  changes: readonly Change[],
  problem: Problem,
) => Promise<boolean>;

const retryMs = 3000;
let retry: ReturnType<typeof setTimeout> | undefined;

/** Hands over what windows that are gone could not. What a lost connection stops is tried again with the next one; what is refused, after a while. */
export async function deliverUnsent(receiveUnsent: ReceiveUnsent): Promise<void> {
  if (!canKeep()) return;
  await before?.isKept;
  const all = await inTable<UnsentWork[]>('readonly', (store) => store.getAll()).catch(() => []);
  for (const work of all)
    await navigator.locks.request(
      lockOf(work.window),
      { ifAvailable: work.window !== before?.window },
      async (lock) => {
        if (lock === null) return;
        try {
          // Another window may have handed it over since.
          const still = await inTable<UnsentWork | undefined>('readonly', (store) =>
            store.get([work.window, work.draft]),
          );
          if (still === undefined || (await deliver(still, receiveUnsent)))
            await dropUnsent(work.window, work.draft).then(() => noteRefusal(nameOf(work), null));
          else retry ??= setTimeout(() => deliverAgain(receiveUnsent), retryMs);
        } catch {
          // It stays, and the connection's own state tells the person.
        }
      },
    );
}
function deliverAgain(receiveUnsent: ReceiveUnsent): void {
  retry = undefined;
  void deliverUnsent(receiveUnsent);
}
const nameOf = ({ window, draft }: UnsentWork): string => `${window} ${draft}`;

/** False: the host refuses it, and no window shows it. */
async function deliver(work: UnsentWork, receiveUnsent: ReceiveUnsent): Promise<boolean> {
  const left = { changes: join(work.sent, work.unsent), names: [work.draft, work.hostDraft ?? work.draft] };
  try {
    await handToHost(work, left);
    return true;
  } catch (thrown) {
    const problem = toProblem(thrown);
    if (!isRefusal(problem)) throw thrown;
    noteRefusal(nameOf(work), problem);
    return receiveUnsent(left.names, left.changes, problem);
  }
}

/** @param left what is not there yet, and what it belongs to, as far as the host has said it */
async function handToHost(work: UnsentWork, left: { changes: readonly Change[]; names: string[] }): Promise<void> {
  const { seq, sent: _sent, unsent: _unsent, ...base } = work;
  let { file } = base;
  let rev = 0;
  for await (const item of host()['pipelines.follow'](base)) {
    if (item.t === 'whole') {
      // The window itself had come further.
      if (item.seq > seq) return;
      ({ file, rev } = item);
      left.changes = notTaken(work, item.seq);
      left.names.push(item.about.hostDraft);
    } else if (item.t === 'edit') {
      file = applyChanges(file, item.changes);
      ({ rev } = item);
    } else continue;
    const { changes } = merge(file, left.changes);
    if (changes.length === 0) return;
    const { draft, window } = base;
    if ((await host()['pipelines.edit']({ draft, window, seq: seq + 1, rev, changes })).taken) return;
  }
}
