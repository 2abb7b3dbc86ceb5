import { runNode } from './child.mjs';
import { ensureInstalled } from './install.mjs';

/** Writes the pages of `docs/` that are made from the code. */
export async function main() {
  await ensureInstalled();
  return runNode(['docs/make-node-table.ts']);
}
