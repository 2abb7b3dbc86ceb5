import { expect, it } from 'vitest';
import { everydayPhrases } from '../test/support/everyday-phrases.ts';
import { nodeFolders } from '../test/support/node-folders.ts';

it('the list of everyday phrases names its sources and kinds that there are, and every tenth is held out', () => {
  expect(everydayPhrases.length).toBeGreaterThanOrEqual(120);
  expect(new Set(everydayPhrases.map((p) => p.phrase)).size).toBe(everydayPhrases.length);
  const kinds = new Set(nodeFolders.map((folder) => folder.kind));
  for (const [i, { phrase, source, heldOut, kinds: wanted }] of everydayPhrases.entries()) {
    expect(source, phrase).not.toBe('');
    expect(heldOut, phrase).toBe(i % 10 === 9);
    expect(
      wanted.filter((kind) => !kinds.has(kind)),
      phrase,
    ).toEqual([]);
  }
});
