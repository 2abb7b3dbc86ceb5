/** Gives up on somebody who says nothing: the time begins anew with whatever is heard. */
import type { BodySource } from './read-body.ts';

export interface SilenceWatch {
  /** Ends when whoever asks goes, or with what `silent` gives. */
  signal: AbortSignal;
  /** Something came that is worth waiting for. */
  heard: () => void;
  /** Nothing more is waited for. */
  end: () => void;
}

/** Every piece of it is heard. */
export async function* whenHeard(source: BodySource, heard: () => void): AsyncGenerator<Uint8Array> {
  for await (const piece of source ?? []) {
    heard();
    yield piece;
  }
}

export function watchSilence(
  asked: AbortSignal,
  { seconds, silent }: { seconds: number; silent: () => Error },
): SilenceWatch {
  const limit = new AbortController();
  let timer: NodeJS.Timeout | undefined;
  let isOver = false;
  const heard = (): void => {
    clearTimeout(timer);
    if (!isOver) timer = setTimeout(() => limit.abort(silent()), seconds * 1000);
  };
  heard();
  return {
    signal: AbortSignal.any([asked, limit.signal]),
    heard,
    end: () => {
      isOver = true;
      clearTimeout(timer);
    },
  };
}
