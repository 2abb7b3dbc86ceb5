import { expect, test } from 'vitest';
import { engineOnNeed } from './engine-on-need.ts';
import type { Engine } from './host.ts';
import { toyEngineHandlers } from './toy-host.ts';

const call = { signal: new AbortController().signal };
const engineOf = (told: string[]): Engine => ({
  handlers: {
    ...toyEngineHandlers,
    'plan.functions': async () => {
      told.push('asked');
      return [];
    },
  },
  close: async () => void told.push('closed'),
});

test('the engine starts once, with the first call, and is closed when it was started', async () => {
  const told: string[] = [];
  const engine = engineOnNeed(async () => {
    told.push('started');
    return engineOf(told);
  });
  expect(told).toEqual([]);
  await Promise.all([engine.handlers['plan.functions']({}, call), engine.handlers['plan.functions']({}, call)]);
  await engine.close();
  expect(told).toEqual(['started', 'asked', 'asked', 'closed']);
});

test('an engine that nobody needed is never started', async () => {
  const engine = engineOnNeed(() => Promise.reject(new Error('not needed')));
  await engine.close();
});

test('a start that failed is told to who asked, and tried again', async () => {
  let tries = 0;
  const engine = engineOnNeed(async () => {
    if (++tries === 1) throw new Error('no memory');
    return engineOf([]);
  });
  await expect(engine.handlers['plan.functions']({}, call)).rejects.toThrow('no memory');
  expect(await engine.handlers['plan.functions']({}, call)).toEqual([]);
});
