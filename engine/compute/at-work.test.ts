import { PassThrough } from 'node:stream';
import { expect, it } from 'vitest';
import { readWords } from './at-work.ts';

it('names the last node that was begun and not ended, and keeps other words apart', () => {
  const stream = new PassThrough();
  const words = readWords(stream);
  const say = (text: string): void => void stream.write(text);
  expect(words.node()).toBe(undefined);
  say('\u0001+"read"\n\u0001+"a \\"b\\"\\n"\n');
  expect(words.node()).toBe('a "b"\n');
  say('terminate called after ');
  say('std::bad_alloc\n\u0001-"a \\"b\\"');
  expect(words.node()).toBe('a "b"\n');
  say('\\n"\n');
  expect([words.node(), words.last()]).toEqual(['read', 'terminate called after std::bad_alloc\n']);
  say('\u0001+"read"\n\u0001-"read"\n');
  expect(words.node()).toBe('read');
  say('\u0001-"read"\n');
  expect(words.node()).toBe(undefined);
});
