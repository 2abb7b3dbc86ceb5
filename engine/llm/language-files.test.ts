import { mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { writeTinyGguf } from '../../test/support/tiny-gguf.ts';
import { openLanguageFiles } from './language-files.ts';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'flowyard-language-files-'));
});
afterEach(() => rmSync(folder, { recursive: true }));

it('remembers several files at once, each of them, and leaves nothing half-written', async () => {
  const names = ['one', 'two', 'three', 'four'];
  for (const [i, name] of names.entries()) writeTinyGguf(join(folder, `${name}.gguf`), { seed: i + 1 });
  const home = join(folder, '.flowyard');
  const files = openLanguageFiles(home, () => undefined);
  // Tasks of one process that know nothing of each other write the same list.
  const others = names.map(() => openLanguageFiles(home, () => undefined));
  await Promise.all([
    ...names.map((name) => files.remember(join(folder, `${name}.gguf`))),
    ...others.map((other) => other.remember(join(folder, 'one.gguf'))),
  ]);
  await Promise.all(names.map((name) => files.remember(join(folder, `${name}.gguf`))));
  expect((await files.known()).map((known) => known.name).sort()).toEqual(names.map((name) => `${name}.gguf`).sort());
  expect(readdirSync(home)).toEqual(['language-files.json']);
});
