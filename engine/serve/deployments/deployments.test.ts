import { readdirSync } from 'node:fs';
import { expect, it } from 'vitest';
import { loadDeployment } from './deployment.ts';

const kinds = readdirSync(import.meta.dirname, { withFileTypes: true }).flatMap((entry) =>
  entry.isDirectory() ? [entry.name] : [],
);

it.each(kinds)('%s is called as its folder', async (kind) => {
  expect((await loadDeployment(kind)).kind).toBe(kind);
});

it.each(['', 'telegraph', '../language', 'Model'])('%j is no type of deployment', async (kind) => {
  await expect(loadDeployment(kind)).rejects.toMatchObject({ code: 'service.unknown-kind' });
});
