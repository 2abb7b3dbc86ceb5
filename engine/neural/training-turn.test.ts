import { expect, it } from 'vitest';
import { makeTrainingTurn } from './training-turn.ts';

const never = new AbortController().signal;
/** Asks in this order; tells who began so far. */
function ask() {
  const turn = makeTrainingTurn();
  const began: string[] = [];
  const release = new Map<string, () => void>();
  const take = async (name: string, signal = never): Promise<void> => {
    release.set(name, await turn.take(signal));
    began.push(name);
  };
  /** Promises that are settled have been heard by then. */
  const heard = async (): Promise<readonly string[]> => {
    await new Promise((resolve) => setImmediate(resolve));
    return [...began];
  };
  return { take, end: (name: string) => release.get(name)?.(), heard };
}

it('one trains after the other, and giving a turn back twice gives no second one away', async () => {
  const { take, end, heard } = ask();
  const all = ['one', 'two', 'three'].map((name) => take(name));
  expect(await heard()).toEqual(['one']);
  end('one');
  end('one');
  expect(await heard()).toEqual(['one', 'two']);
  end('two');
  await Promise.all(all);
});

it('who is cancelled while waiting leaves the queue', async () => {
  const { take, end, heard } = ask();
  const cancel = new AbortController();
  await take('one');
  const waits = take('two', cancel.signal);
  const behind = take('three');
  cancel.abort(new Error('enough'));
  await expect(waits).rejects.toThrow('enough');
  await expect(take('four', cancel.signal)).rejects.toThrow('enough');
  expect(await heard()).toEqual(['one']);
  end('one');
  await behind;
  expect(await heard()).toEqual(['one', 'three']);
});
