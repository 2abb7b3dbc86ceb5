/**
 * Large trainings of one process take turns, first come, first served: side by side they fight for the same cores, and each of them counts memory as free
 * that the next one takes. Small ones, which fill a core at most, do not ask.
 */
export interface TrainingTurn {
  /** @returns gives the turn back; calling it twice does nothing more */
  take: (signal: AbortSignal) => Promise<() => void>;
}

export function makeTrainingTurn(): TrainingTurn {
  const queue: (() => void)[] = [];
  let isTaken = false;
  function serve(): void {
    if (!isTaken) queue.shift()?.();
  }
  return {
    take: (signal) =>
      new Promise((resolve, reject) => {
        const begin = (): void => {
          signal.removeEventListener('abort', leave);
          isTaken = true;
          let isHeld = true;
          resolve(() => {
            if (isHeld) isTaken = false;
            isHeld = false;
            serve();
          });
        };
        const leave = (): void => {
          queue.splice(queue.indexOf(begin), 1);
          reject(signal.reason as Error);
        };
        if (signal.aborted) return reject(signal.reason as Error);
        signal.addEventListener('abort', leave, { once: true });
        queue.push(begin);
        serve();
      }),
  };
}
