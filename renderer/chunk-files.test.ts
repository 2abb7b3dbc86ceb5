import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { build } from 'vite';
import { expect, test } from 'vitest';
import { chunkFiles } from './chunk-files.ts';

test('each import() goes through the loader, in whatever order files are read', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'flowyard-chunks-'));
  const sources = join(folder, 'src');
  await mkdir(join(sources, 'loading'), { recursive: true });
  const parts = Array.from({ length: 12 }, (_, i) => `part${i}`);
  await writeFile(
    join(sources, 'loading/load-chunk.ts'),
    `const listed = '@chunk-files@';\nexport const loadChunk = async (load, name) => { globalThis.asked.push([name, listed.includes(name)]); return load(); };`,
  );
  for (const part of parts)
    await writeFile(
      join(sources, `${part}.ts`),
      `export const more = [() => import('./leaf-${part}-a.ts'), () => import('./leaf-${part}-b.ts')];`,
    );
  for (const leaf of parts.flatMap((part) => [`leaf-${part}-a`, `leaf-${part}-b`]))
    await writeFile(join(sources, `${leaf}.ts`), `export const name = '${leaf}';`);
  await writeFile(
    join(sources, 'main.ts'),
    `${parts.map((part) => `import { more as ${part} } from './${part}.ts';`).join('\n')}\nexport default [${parts.join(', ')}].flat();`,
  );
  try {
    const built = await build({
      root: folder,
      configFile: false,
      logLevel: 'silent',
      plugins: [chunkFiles(sources)],
      build: { write: false, minify: false, rolldownOptions: { input: join(sources, 'main.ts') } },
    });
    const { output } = Array.isArray(built) ? (built[0] ?? { output: [] }) : 'output' in built ? built : { output: [] };
    const main = output.map((part) => (part.type === 'chunk' ? part.code : '')).join('\n');
    const wrapped = new Set(
      [...main.matchAll(/(?:loadChunk|__loadChunk)\(\(\) => [\s\S]*?"(leaf-[^"]+)"/g)].map((m) => m[1]),
    );
    expect([...wrapped].sort()).toEqual(parts.flatMap((part) => [`leaf-${part}-a.ts`, `leaf-${part}-b.ts`]).sort());
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
});
