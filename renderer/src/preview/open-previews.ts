/**
 * Previews that the window holds open. The host's end of one goes with its connection, its process, or for want of room; here it is opened again from what it
 * was opened with, and whoever asks of it does not notice.
 */
import { toProblem } from '../../../shared/errors.ts';
import type { HostClient, Answer } from '../rpc/host-client.ts';
import { host } from '../rpc/host.ts';
import { useApp } from '../state/window/app-info.ts';

type OpenInput = Parameters<HostClient['preview.open']>[0];
interface Held {
  input: OpenInput;
  /** What the host calls it now. */
  name: string;
  reopening?: Promise<void>;
}
const held = new Map<string, Held>();

export async function openPreview(input: OpenInput, signal?: AbortSignal): Promise<Answer<'preview.open'>> {
  const answer = await outliving(() => host()['preview.open'](input, signal === undefined ? {} : { signal }), signal);
  held.set(answer.preview, { input, name: answer.preview });
  return answer;
}

/** @param preview as it was first named */
export async function askPreview<T>(
  preview: string,
  ask: (name: string) => Promise<T>,
  signal?: AbortSignal,
): Promise<T> {
  return outliving(async () => {
    const name = held.get(preview)?.name ?? preview;
    try {
      return await ask(name);
    } catch (thrown) {
      await reopen(preview, name, thrown);
      return ask(held.get(preview)?.name ?? name);
    }
  }, signal);
}

export async function* followProfile(preview: string): AsyncGenerator<Answer<'preview.profile'>> {
  let attempts = 0;
  for (;;) {
    const name = held.get(preview)?.name ?? preview;
    try {
      yield* host()['preview.profile']({ preview: name });
      return;
    } catch (thrown) {
      if (isLost(thrown)) await connected();
      else if (attempts++ < 1) await reopen(preview, name, thrown);
      else throw thrown;
    }
  }
}

/** One that the host has dropped already needs no closing. */
export function closePreview(preview: string): void {
  const name = held.get(preview)?.name ?? preview;
  held.delete(preview);
  host()
    ['preview.close']({ preview: name })
    .catch(() => undefined);
}

/** Many may ask at once: it is opened once. */
async function reopen(preview: string, name: string, thrown: unknown): Promise<void> {
  const one = held.get(preview);
  if (one === undefined || toProblem(thrown).code !== 'preview.closed') throw thrown;
  if (one.name !== name) return;
  one.reopening ??= host()
    ['preview.open'](one.input)
    .then((answer) => void (one.name = answer.preview))
    .finally(() => delete one.reopening);
  await one.reopening;
}

const isLost = (thrown: unknown): boolean => toProblem(thrown).code.startsWith('connection.');

/** What is only read is asked again once somebody answers: a connection that was away is no answer. */
async function outliving<T>(ask: () => Promise<T>, signal?: AbortSignal): Promise<T> {
  for (;;) {
    try {
      return await ask();
    } catch (thrown) {
      if (!isLost(thrown) || signal?.aborted === true) throw thrown;
      await connected();
    }
  }
}

const settleMs = 200;
async function connected(): Promise<void> {
  // The state of the connection is told a moment after the call has failed.
  await new Promise((resolve) => setTimeout(resolve, settleMs));
  if (useApp.getState().connection === 'ready') return;
  await new Promise<void>((resolve) => {
    const stop = useApp.subscribe(({ connection }) => {
      if (connection !== 'ready') return;
      stop();
      resolve();
    });
  });
}
