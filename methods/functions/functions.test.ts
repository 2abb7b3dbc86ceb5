/** Every batch function: the same answers as ever for its version, alone and among others, for odd texts too. */
import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import type { JsonValue } from '../../shared/capabilities.ts';
import { loadFunction } from './load-function.ts';

const names = readdirSync(import.meta.dirname, { withFileTypes: true }).flatMap((e) =>
  e.isDirectory() ? [e.name] : [],
);
const odd = ['', ' ', 'ok', 'ünïcode 😀', 'a\0b', '$& $1 $$', 'it\'s "quoted"', 'x'.repeat(2000), 'toString', '\ud800'];

describe.each(names)('%s', (name) => {
  const folder = join(import.meta.dirname, name);
  const { texts, settings }: { texts: string[]; settings: JsonValue[] } = JSON.parse(
    readFileSync(join(folder, 'trials.json'), 'utf8'),
  );

  test('gives what its version gave before', async () => {
    const { version, columns, compute } = await loadFunction(name);
    const answers = await Promise.all(
      settings.map(async (one) => ({ columns: columns(one), answers: await compute(texts, one, {}) })),
    );
    const file = join(folder, `answers-${version}.json`);
    if (process.env['UPDATE_EXAMPLES'] === '1') writeFileSync(file, `${JSON.stringify(answers, null, 2)}\n`);
    expect(JSON.parse(JSON.stringify(answers))).toEqual(JSON.parse(readFileSync(file, 'utf8')));
    for (const { columns: given, answers: rows } of answers)
      for (const row of rows) expect(row).toHaveLength(given.length);
  });

  test('answers a text alone as among others, in any order', async () => {
    const { compute } = await loadFunction(name);
    const all = [...texts, ...odd];
    for (const one of settings) {
      const together = await compute(all, one, {});
      const alone = [];
      for (const text of all) alone.push((await compute([text], one, {}))[0]);
      expect(together).toEqual(alone);
      expect((await compute(all.toReversed(), one, {})).toReversed()).toEqual(together);
      expect(await compute([], one, {})).toEqual([]);
    }
  });

  test('refuses settings that are none', async () => {
    const { compute } = await loadFunction(name);
    await expect(compute(['a'], 'nothing', {})).rejects.toMatchObject({ code: 'model.unreadable' });
  });
});

test('what is no name of a function is refused before it becomes a path', async () => {
  await expect(loadFunction('../tasks/anomaly')).rejects.toMatchObject({ code: 'model.unknown-function' });
  await expect(loadFunction('nothing')).rejects.toMatchObject({ code: 'model.unknown-function' });
});
