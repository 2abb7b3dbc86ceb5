import { createElement, lazy, useEffect, useState, type ComponentType } from 'react';
import { toProblem } from '../../../shared/errors.ts';
import { NotLoaded, type NotLoadedProps } from './not-loaded.tsx';
import { onLoadAgain } from './load-again.ts';

/**
 * A component that comes later. Once it is there it is drawn at once, as any other: React's `lazy` waits a moment even
 * then, and what is typed right after `Ctrl K` would be lost. One that could not be loaded says so in its own place, and
 * everything around it stays as it is.
 */
export function later<P extends object = object>(
  load: () => Promise<ComponentType<P>>,
  Failed: ComponentType<NotLoadedProps> = NotLoaded,
): { Component: ComponentType<P>; load: () => Promise<void> } {
  let there: ComponentType<P> | undefined;
  const failed = new Set<ComponentType<P>>();
  const get = async (): Promise<ComponentType<P>> => (there ??= await load());
  const wait = (): ComponentType<P> => {
    const waiting: ComponentType<P> = lazy(async () => {
      try {
        return { default: await get() };
      } catch (thrown) {
        failed.add(waiting);
        const problem = toProblem(thrown);
        return { default: () => createElement(Failed, { problem }) };
      }
    });
    return waiting;
  };
  // `lazy` remembers how it ended: the next attempt is another one.
  let waiting = wait();
  const next = (): ComponentType<P> => {
    if (failed.has(waiting)) waiting = wait();
    return there ?? waiting;
  };
  return {
    Component: function Later(props: P) {
      // Held: another component in the same place would begin anew and forget what was done in it.
      const [{ Shown }, show] = useState(() => ({ Shown: there ?? waiting }));
      useEffect(() => {
        const stop = onLoadAgain(() => show((now) => (failed.has(now.Shown) ? { Shown: next() } : now)));
        return () => {
          stop();
          // Who comes here again asks for it again.
          next();
        };
      }, []);
      return createElement(Shown, props);
    },
    load: async () => void (await get()),
  };
}
