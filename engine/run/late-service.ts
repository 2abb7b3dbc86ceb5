/**
 * A service whose code is loaded by the first question. A run of table nodes reads no image, hears no sound and trains no network; loading what does took a
 * quarter of its start.
 */
type Answers<T> = { readonly [K in keyof T]: (...args: never[]) => Promise<unknown> };

/** @param questions all that it may be asked: an object of its own, which others may spread and change */
export function lateService<T extends Answers<T>>(questions: Record<keyof T, true>, load: () => Promise<T>): T {
  let loaded: Promise<T> | undefined;
  const ask =
    (name: string) =>
    async (...args: never[]): Promise<unknown> => {
      loaded ??= load();
      const service = await loaded;
      return (Reflect.get(service, name) as Answers<T>[keyof T]).apply(service, args);
    };
  return Object.fromEntries(Object.keys(questions).map((name) => [name, ask(name)])) as T;
}

/** The service with some answers of one's own. A late service cannot be spread: what it answers is known when it is loaded. */
export const withOwnAnswers = <T extends object>(service: T, own: Partial<T>): T =>
  new Proxy(service, { get: (_, name) => Reflect.get(Reflect.has(own, name) ? own : service, name) });
