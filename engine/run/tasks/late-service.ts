/**
 * A service whose code is loaded by the first question. A run of table nodes reads no image, hears no sound and trains no network; loading what does took a
 * quarter of its start.
 */
type Answers<T> = { readonly [K in keyof T]: (...args: never[]) => Promise<unknown> };

export function lateService<T extends object & Answers<T>>(load: () => Promise<T>): T {
  let loaded: Promise<T> | undefined;
  const ask =
    (name: string | symbol) =>
    async (...args: never[]): Promise<unknown> => {
      loaded ??= load();
      const service = await loaded;
      return (Reflect.get(service, name) as Answers<T>[keyof T]).apply(service, args);
    };
  // Whoever awaits the service itself must not take it for a promise.
  return new Proxy({} as T, { get: (_, name) => (name === 'then' ? undefined : ask(name)) });
}

/** The service with some answers of one's own. A late service cannot be spread: what it answers is known when it is loaded. */
export const withOwnAnswers = <T extends object>(service: T, own: Partial<T>): T =>
  new Proxy(service, { get: (_, name) => Reflect.get(Reflect.has(own, name) ? own : service, name) });
