import { expect, it } from 'vitest';
import { firstOf, type SecretStore } from '../engine/secrets/secret-store.ts';
import { secretsOfMain } from './host-secrets.ts';

/** Main's end: answers each question for a secret after a moment, as `workbench.ts` does. */
function fakeMain(values: Readonly<Record<string, string>>) {
  const listeners: ((event: { data: unknown; ports: never[] }) => void)[] = [];
  const asked: unknown[] = [];
  return {
    asked,
    on: (_event: 'message', listener: (event: { data: unknown; ports: never[] }) => void) => listeners.push(listener),
    postMessage: (message: unknown) => {
      asked.push(message);
      const name = String((message as { name: string }).name);
      setTimeout(() => {
        for (const listener of listeners) listener({ data: { type: 'window' }, ports: [] });
        for (const listener of listeners) listener({ data: { type: 'secret', name, value: values[name] }, ports: [] });
      }, 1);
    },
  };
}

const file: SecretStore = {
  names: async () => ['of the file'],
  read: async (name) => (name === 'of the file' ? 'file value' : undefined),
  set: async () => undefined,
  remove: async () => false,
};

it('the host asks main for a secret, and the file for what main has not', async () => {
  const main = fakeMain({ mine: 'keychain value' });
  const store = firstOf([secretsOfMain(main), file]);
  expect(
    await Promise.all([store.read('mine'), store.read('mine'), store.read('of the file'), store.read('nobody has')]),
  ).toEqual(['keychain value', 'keychain value', 'file value', undefined]);
  expect(main.asked).toContainEqual({ type: 'secret', name: 'mine' });
  expect(await store.names()).toEqual(['of the file']);
});
