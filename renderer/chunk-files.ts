import { relative, sep } from 'node:path';
import type { Plugin, Rolldown } from 'vite';

type Chunk = Rolldown.OutputChunk;

/** Stands in `load-chunk.ts` for what only the finished bundle knows. */
const placeholder = '@chunk-files@';
const dynamicImport = /\bimport\((['"])(\.{1,2}\/[^'"]+)\1\)/g;

/**
 * Every `import()` of the window goes through `loadChunk`, which must know the files behind it: a browser remembers for good, by its address, an import that
 * failed, so they are fetched first. Written here once, no place of the window can forget it.
 * @param sources absolute folder of the window's sources
 */
export function chunkFiles(sources: string): Plugin {
  const wrapped = new Set<string>();
  const nameOf = (file: string): string => relative(sources, file).split(sep).join('/');
  return {
    name: 'flowyard-chunk-files',
    apply: 'build',
    enforce: 'pre',
    async transform(code, id) {
      const file = id.split('?')[0] ?? id;
      if (!file.startsWith(sources) || !/\.tsx?$/.test(file)) return undefined;
      const imports = [...code.matchAll(dynamicImport)];
      if (imports.length === 0) return undefined;
      let changed = code;
      for (const [whole, , specifier = ''] of imports) {
        const found = await this.resolve(specifier, id);
        if (found === null) continue;
        wrapped.add(`${file} ${found.id}`);
        changed = changed.replaceAll(whole, `__loadChunk(() => ${whole}, ${JSON.stringify(nameOf(found.id))})`);
      }
      const helper = JSON.stringify(`${sources}/loading/load-chunk.ts`.split(sep).join('/'));
      return { code: `import { loadChunk as __loadChunk } from ${helper};\n${changed}`, map: null };
    },
    generateBundle: {
      order: 'post',
      handler(_options, bundle) {
        for (const id of this.getModuleIds()) {
          const file = id.split('?')[0] ?? id;
          const parts = file.startsWith(sources) ? (this.getModuleInfo(id)?.dynamicallyImportedIds ?? []) : [];
          const bare = parts.find((part) => part.startsWith(sources) && !wrapped.has(`${file} ${part}`));
          if (bare !== undefined) this.error(`${nameOf(file)} imports ${nameOf(bare)} without its loader`);
        }
        const chunks = Object.values(bundle).filter((part): part is Chunk => part.type === 'chunk');
        const first = new Set(chunks.filter((c) => c.isEntry).flatMap((entry) => filesBehind(entry, chunks)));
        const lists = chunks
          .filter((c) => c.isDynamicEntry && c.facadeModuleId?.startsWith(sources) === true)
          .map((c) => [
            nameOf(c.facadeModuleId ?? ''),
            ...filesBehind(c, chunks).filter((file) => !first.has(file) || file === c.fileName),
          ])
          .sort(([a = ''], [b = '']) => (a < b ? -1 : 1));
        const told = lists.map((list) => list.join(' ')).join('|');
        const holders = chunks.filter((c) => c.code.includes(placeholder));
        if (holders.length !== 1 || lists.length === 0)
          this.error('the window has no place for the list of its chunks');
        for (const holder of holders) holder.code = holder.code.replace(placeholder, () => told);
      },
    },
  };
}

/** The chunk's own file first, then what it imports, with its styles. */
function filesBehind(chunk: Chunk, chunks: readonly Chunk[]): string[] {
  const found = new Set<string>();
  const visit = (one: Chunk): void => {
    if (found.has(one.fileName)) return;
    found.add(one.fileName);
    for (const css of one.viteMetadata?.importedCss ?? []) found.add(css);
    for (const name of one.imports) {
      const next = chunks.find((c) => c.fileName === name);
      if (next !== undefined) visit(next);
    }
  };
  visit(chunk);
  return [...found];
}
