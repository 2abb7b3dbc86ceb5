import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Plugin } from 'vite';

const virtualId = 'virtual:node-icons';

/**
 * The icons that the node kinds name, and no others: a spec says `icon: 'filter'`, this makes the import. So a new kind needs no second
 * place, and the window does not carry the 1,900 icons of the set.
 */
export function nodeIcons(root: string): Plugin {
  const nodes = join(root, 'nodes');
  const iconFile = (name: string): string => join(root, 'node_modules/lucide-react/dist/esm/icons', `${name}.mjs`);
  return {
    name: 'flowyard-node-icons',
    resolveId: (id) => (id === virtualId ? `\0${virtualId}` : undefined),
    load(id) {
      if (id !== `\0${virtualId}`) return undefined;
      const names = new Set<string>();
      for (const file of specFiles(nodes)) {
        this.addWatchFile(file);
        const name = /\bicon:\s*'([a-z0-9-]+)'/.exec(readFileSync(file, 'utf8'))?.[1];
        if (name === undefined) continue;
        if (existsSync(iconFile(name))) names.add(name);
        else this.warn(`${file}: there is no icon named "${name}"; the node gets a plain one`);
      }
      const sorted = [...names].sort();
      const imports = sorted.map((name, i) => `import i${i} from 'lucide-react/icons/${name}';`).join('\n');
      return `${imports}\nexport default { ${sorted.map((name, i) => `'${name}': i${i}`).join(', ')} };\n`;
    },
  };
}

function specFiles(nodes: string): string[] {
  if (!existsSync(nodes)) return [];
  const folders = (at: string): string[] =>
    readdirSync(at, { withFileTypes: true })
      .filter((e) => e.isDirectory())
      .map((e) => join(at, e.name));
  return folders(nodes)
    .flatMap(folders)
    .map((folder) => join(folder, 'spec.ts'))
    .filter((file) => existsSync(file));
}
