import { createElement, lazy, useState, type ComponentType } from 'react';

/**
 * A component that comes later. Once it is there it is drawn at once, as any other: React's `lazy` waits a moment even
 * then, and what is typed right after `Ctrl K` would be lost.
 */
export function later<P extends object = object>(
  load: () => Promise<ComponentType<P>>,
): { Component: ComponentType<P>; load: () => Promise<void> } {
  let there: ComponentType<P> | undefined;
  const get = async (): Promise<ComponentType<P>> => (there ??= await load());
  const Waiting = lazy(async () => ({ default: await get() }));
  return {
    Component: function Later(props: P) {
      // Held: another component in the same place would begin anew and forget what was done in it.
      const [Shown] = useState<ComponentType<P>>(() => there ?? Waiting);
      return createElement(Shown, props);
    },
    load: async () => void (await get()),
  };
}
