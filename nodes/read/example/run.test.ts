import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { fieldMeta } from '../../../shared/kind/fields/fields.ts';
import { repositoryRoot } from '../../../test/support/node-folders.ts';
import { runSql } from '../../../test/support/run-sql.ts';
import run from './run.ts';
import { spec } from './spec.ts';

const data = join(repositoryRoot, 'resources', 'data');
const names = Object.keys(fieldMeta(spec.params.shape.dataset)?.choices ?? {});

describe('read.example', () => {
  it('offers every data set that comes along, and no other', () => {
    expect(names.toSorted()).toEqual(
      readdirSync(data)
        .filter((name) => name.endsWith('.csv'))
        .map((name) => name.slice(0, -4))
        .sort(),
    );
  });
  it.each(names)('%s: has rows, and no column that is text only because of a word for missing', async (dataset) => {
    const source = run.sources?.(spec.params.parse({ dataset }))[0];
    const { rows, columns } = await runSql(spec, run, {
      params: { dataset },
      files: { dataset: join(data, source?.path ?? '') },
    });
    expect(rows.length).toBeGreaterThan(10);
    expect(columns.length).toBeGreaterThan(2);
    expect(rows.some((row) => Object.values(row).includes('NA'))).toBe(false);
  });
});
