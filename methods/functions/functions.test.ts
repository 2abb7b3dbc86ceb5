/** Every batch function: the same answers as ever for its version, alone and among others, for odd texts too. */
import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { FolderHashes } from '../../engine/sources/source-folder.ts';
import { encodersAlone } from '../../engine/text/open-texts.ts';
import { encoderEndings } from '../../shared/media/text-service.ts';
import type { SourceFolder } from '../../shared/source/source-folder.ts';
import { writeTinyBert } from '../../test/support/tiny-encoder.ts';
import type { JsonValue } from '../../shared/capabilities.ts';
import { loadFunction } from './load-function.ts';

const names = readdirSync(import.meta.dirname, { withFileTypes: true }).flatMap((e) =>
  e.isDirectory() ? [e.name] : [],
);
const odd = ['', ' ', 'ok', 'ünïcode 😀', 'a\0b', '$& $1 $$', 'it\'s "quoted"', 'x'.repeat(2000), 'toString', '\ud800'];

let encoder: SourceFolder;
let made: string;
beforeAll(async () => {
  made = await mkdtemp(join(tmpdir(), 'flowyard-functions-'));
  await writeTinyBert(made);
  encoder = { ...(await new FolderHashes(join(made, 'known')).hash(made, encoderEndings)), name: 'tiny', before: null };
});
afterAll(() => rm(made, { recursive: true, force: true }));

describe.each(names)('%s', (name) => {
  const folder = join(import.meta.dirname, name);
  const { texts, settings }: { texts: string[]; settings: JsonValue[] } = JSON.parse(
    readFileSync(join(folder, 'trials.json'), 'utf8'),
  );

  const ask = async (one: JsonValue, asked: readonly string[]) => {
    const opened = (await loadFunction(name)).open(one, { texts: encodersAlone, files: encoder, threads: 1 });
    try {
      return await opened.compute(asked, {});
    } finally {
      await opened.close();
    }
  };

  test('gives what its version gave before', async () => {
    const { version, columns } = await loadFunction(name);
    const answers = await Promise.all(
      settings.map(async (one) => ({ columns: columns(one), answers: await ask(one, texts) })),
    );
    const file = join(folder, `answers-${version}.json`);
    if (process.env['UPDATE_EXAMPLES'] === '1') writeFileSync(file, `${JSON.stringify(answers, null, 2)}\n`);
    expect(near(JSON.parse(JSON.stringify(answers)))).toEqual(near(JSON.parse(readFileSync(file, 'utf8'))));
    for (const { columns: given, answers: rows } of answers)
      for (const row of rows) expect(row).toHaveLength(given.length);
  });

  test('answers a text alone as among others, in any order', async () => {
    const all = [...texts, ...odd];
    for (const one of settings) {
      const together = await ask(one, all);
      const alone = [];
      for (const text of all) alone.push((await ask(one, [text]))[0]);
      expect(together).toEqual(alone);
      expect((await ask(one, all.toReversed())).toReversed()).toEqual(together);
      expect(await ask(one, [])).toEqual([]);
    }
  });

  test('refuses settings that are none', async () => {
    await expect(ask('nothing', ['a'])).rejects.toMatchObject({ code: 'model.unreadable' });
  });
});

test('what is no name of a function is refused before it becomes a path', async () => {
  await expect(loadFunction('../tasks/anomaly')).rejects.toMatchObject({ code: 'model.unknown-function' });
  await expect(loadFunction('nothing')).rejects.toMatchObject({ code: 'model.unknown-function' });
});

/** A processor of another kind may sum a network's products in another order: what is a list of numbers is compared to five digits. */
function near(answers: unknown): unknown {
  return JSON.parse(JSON.stringify(answers), (_key, value: unknown) =>
    typeof value === 'string' && /^\[-?\d[^\]]*\]$/.test(value)
      ? value
          .slice(1, -1)
          .split(',')
          .map((number) => Number(Number(number).toFixed(5)) + 0)
      : value,
  );
}
