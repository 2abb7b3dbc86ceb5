import { useCallback, useEffect, useState } from 'react';
import { toProblem, type Problem } from '../../../../shared/errors.ts';
import { useChanged, type Changed } from './app-info.ts';

/** A list of the host's, read again whenever the host says that it changed. `undefined` until the first answer. */
export function useList<T>(
  what: Changed,
  read: () => Promise<T>,
): { list: T | undefined; problem: Problem | undefined; again: () => void } {
  const changed = useChanged(what);
  const [answer, setAnswer] = useState<{ list?: T; problem?: Problem }>({});
  const [asked, setAsked] = useState(0);
  useEffect(() => {
    let gone = false;
    read()
      .then((list) => {
        if (!gone) setAnswer({ list });
      })
      .catch((thrown: unknown) => {
        if (!gone) setAnswer((old) => ({ ...old, problem: toProblem(thrown) }));
      });
    return () => {
      gone = true;
    };
  }, [changed, asked, read]);
  const again = useCallback(() => setAsked((n) => n + 1), []);
  return { list: answer.list, problem: answer.problem, again };
}
