import { runNode } from './child.mjs';
import { ensureInstalled } from './install.mjs';

const makers = ['docs/make-node-table.ts', 'docs/draw-rooms.ts'];

/** Writes what is made from the code: pages and pictures of `docs/`, and the lists of kinds that load no spec. */
export async function main() {
  await ensureInstalled();
  for (const maker of makers) {
    const code = await runNode([maker]);
    if (code !== 0) return code;
  }
  return 0;
}
