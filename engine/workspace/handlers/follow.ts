/** Work that tells things on its way, as a stream of them; its result is the generator's own. */
export async function* follow<T, R>(
  work: (notify: (reported: T) => void, signal: AbortSignal) => Promise<R>,
  signal: AbortSignal,
): AsyncGenerator<T, R, void> {
  const stop = new AbortController();
  const waiting: T[] = [];
  let wake = (): void => undefined;
  let over = false;
  const ended = work(
    (reported) => {
      waiting.push(reported);
      wake();
    },
    AbortSignal.any([signal, stop.signal]),
  );
  const end = (): void => {
    over = true;
    wake();
  };
  void ended.then(end, end);
  try {
    for (;;) {
      yield* waiting.splice(0);
      if (waiting.length > 0) continue;
      if (over) return await ended;
      await new Promise<void>((resolve) => (wake = resolve));
    }
  } finally {
    // Whoever listened is gone: the work is for nobody.
    if (!over) stop.abort();
    await ended.catch(() => undefined);
  }
}
