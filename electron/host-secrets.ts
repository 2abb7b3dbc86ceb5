/** The desktop's secrets as the host asks for them: main has the keychain, and answers by message. */
import type { SecretStore } from '../engine/secrets/secret-store.ts';
import type { ParentPort } from './host.ts';

const answerWithinMs = 10_000;

/** Reads alone: where there is a keychain, names are listed and values set by the window, through main. */
export function secretsOfMain(parent: ParentPort): SecretStore {
  const waiting = new Map<string, ((value: string | undefined) => void)[]>();
  parent.on('message', ({ data }) => {
    if (!isAnswer(data)) return;
    for (const resolve of waiting.get(data.name) ?? []) resolve(data.value);
    waiting.delete(data.name);
  });
  return {
    names: async () => [],
    read: (name) =>
      new Promise((resolve) => {
        const timer = setTimeout(() => resolve(undefined), answerWithinMs);
        const take = (value: string | undefined): void => {
          clearTimeout(timer);
          resolve(value);
        };
        waiting.set(name, [...(waiting.get(name) ?? []), take]);
        parent.postMessage({ type: 'secret', name });
      }),
    set: () => Promise.reject(new Error('secrets of the desktop are set by main')),
    remove: async () => false,
  };
}

function isAnswer(data: unknown): data is { name: string; value: string | undefined } {
  return (
    data !== null &&
    typeof data === 'object' &&
    'type' in data &&
    data.type === 'secret' &&
    'name' in data &&
    typeof data.name === 'string'
  );
}
