/** Cuts an answer before the first of its stop texts, and holds back what may yet become one. */
import { largest, smallest } from '../../../shared/append.ts';
export interface StopTexts {
  /** The part of what came so far that may be shown; `stopped` when a stop text came. */
  push: (text: string) => { shown: string; stopped: boolean };
  /** What was held back, when nothing more comes. */
  rest: () => string;
}

export function watchStopTexts(stops: readonly string[]): StopTexts {
  const wanted = stops.filter((stop) => stop !== '');
  let held = '';
  return {
    push: (text) => {
      held += text;
      const at = smallest(wanted.map((stop) => held.indexOf(stop)).filter((i) => i >= 0));
      if (Number.isFinite(at)) {
        const shown = held.slice(0, at);
        held = '';
        return { shown, stopped: true };
      }
      const keep = largest([0, ...wanted.map((stop) => overlap(held, stop))]);
      const shown = held.slice(0, held.length - keep);
      held = held.slice(held.length - keep);
      return { shown, stopped: false };
    },
    rest: () => {
      const last = held;
      held = '';
      return last;
    },
  };
}

/** Length of the longest end of `text` that `stop` begins with. */
function overlap(text: string, stop: string): number {
  for (let length = Math.min(text.length, stop.length - 1); length > 0; length--)
    if (stop.startsWith(text.slice(-length))) return length;
  return 0;
}
