/** Gives up on an endpoint that says nothing: its time begins anew with whatever comes from it. */
import { fail } from '../../shared/errors.ts';

export interface SilenceWatch {
  /** Ends when whoever asks goes, or with `endpoint.silent`. */
  signal: AbortSignal;
  /** Something came. */
  heard: () => void;
  /** Nothing more is waited for. */
  end: () => void;
}

export function watchSilence(asked: AbortSignal, { host, seconds }: { host: string; seconds: number }): SilenceWatch {
  const silent = new AbortController();
  let timer: NodeJS.Timeout | undefined;
  const heard = (): void => {
    clearTimeout(timer);
    timer = setTimeout(
      () =>
        silent.abort(
          fail('endpoint.silent', {
            message: `The endpoint ${host} said nothing for ${seconds} seconds, and is waited for no longer.`,
            mend: 'Ask again later, or give it more time: "Longest silence" of Language endpoint.',
          }),
        ),
      seconds * 1000,
    );
  };
  heard();
  return { signal: AbortSignal.any([asked, silent.signal]), heard, end: () => clearTimeout(timer) };
}
