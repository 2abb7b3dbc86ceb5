import { expect, it, vi } from 'vitest';
import { lateService, withOwnAnswers } from './late-service.ts';

it('is loaded by the first question, once, and can be awaited itself', async () => {
  const load = vi.fn(async () => ({
    double: async (n: number) => n * 2,
    fail: async () => Promise.reject(new Error('no')),
  }));
  const service = await Promise.resolve(lateService(load));
  expect(load).not.toHaveBeenCalled();
  expect(await Promise.all([service.double(2), service.double(3)])).toEqual([4, 6]);
  await expect(service.fail()).rejects.toThrow('no');
  expect(load).toHaveBeenCalledTimes(1);
});

it('keeps its other answers where some are given of one’s own', async () => {
  const service = lateService(async () => ({ double: async (n: number) => n * 2, half: async (n: number) => n / 2 }));
  const own = withOwnAnswers(service, { half: async (n) => (await service.half(n)) + 1 });
  expect(await Promise.all([own.double(2), own.half(4)])).toEqual([4, 3]);
});
