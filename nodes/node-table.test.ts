import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { heavyKindsModule, kindFactsModule, nodeTable } from '../docs/make-node-table.ts';

it('docs/node-kinds.md says what the kinds declare (if not: npm run docs)', async () => {
  const page = readFileSync(join(import.meta.dirname, '..', 'docs', 'node-kinds.md'), 'utf8');
  expect(page).toBe(await nodeTable());
});

it('nodes/heavy-kinds.ts lists the kinds that declare it (if not: npm run docs)', async () => {
  expect(readFileSync(join(import.meta.dirname, 'heavy-kinds.ts'), 'utf8')).toBe(await heavyKindsModule());
});

it('nodes/kind-facts.ts says what the kinds declare (if not: npm run docs)', async () => {
  expect(readFileSync(join(import.meta.dirname, 'kind-facts.ts'), 'utf8')).toBe(await kindFactsModule());
});
