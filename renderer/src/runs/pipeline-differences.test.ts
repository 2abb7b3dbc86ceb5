import { describe, expect, it } from 'vitest';
import { specs } from '../../../nodes/specs.ts';
import { validate } from '../../../shared/pipeline/parse.ts';
import { pipelineDifferences } from './pipeline-differences.ts';

const boosting = (params: object, more: object = {}, wires: string[] = []) =>
  validate({ flowyard: 1, nodes: { boosting: { kind: 'train.gradient-boosting', params }, ...more }, wires });
const differ = (...files: ReturnType<typeof validate>[]) =>
  pipelineDifferences(files, specs).map(({ key, title, values }) => [
    key,
    title,
    ...values.map((value) => (value === undefined ? undefined : value.text + (value.isDefault ? ' (default)' : ''))),
  ]);

describe('what differs between pipelines', () => {
  it('a setting goes by its title; one that is not in the file has its default', () => {
    const [[key, title, first, second] = []] = differ(boosting({ trees: 300 }), boosting({}));
    expect([key, title, first]).toEqual(['boosting.trees', 'Trees', '300']);
    expect(second).toMatch(/^\d+ \(default\)$/);
  });
  it('a default that is written out, and keys in another order, are no differences', () => {
    const defaults = boosting({}, {});
    const written = Number(/\d+/.exec(String(differ(boosting({ trees: 7 }), defaults)[0]?.[3]))?.[0]);
    expect(differ(boosting({ trees: written }), defaults)).toEqual([]);
    const types = (value: object) =>
      validate({ flowyard: 1, nodes: { t: { kind: 'clean.types', params: { types: value } } } });
    expect(differ(types({ a: 'text', b: 'number' }), types({ b: 'number', a: 'text' }))).toEqual([]);
    expect(differ(types({ a: 'text', b: 'number' }), types({ b: 'integer', a: 'text' }))).toEqual([
      ['t.types.b', expect.stringMatching(/› b$/), 'number', 'integer'],
    ]);
  });
  it('a node that only some have is one difference, not one for each of its settings', () => {
    const clip = { clip: { kind: 'clean.filter', params: {} } };
    expect(differ(boosting({}), boosting({}, clip))).toEqual([['clip', '', undefined, 'Filter rows']]);
  });
  it('wires are differences of the node that they go into', () => {
    const nodes = (from: string) => ({
      flowyard: 1,
      nodes: {
        a: { kind: 'read.csv', title: 'January', params: { file: 'a.csv' } },
        b: { kind: 'read.csv', title: 'February', params: { file: 'b.csv' } },
        split: { kind: 'split.rows', params: {} },
      },
      wires: [`${from}.rows -> split.rows`],
    });
    expect(differ(validate(nodes('a')), validate(nodes('b')))).toEqual([
      ['split <- rows', expect.stringMatching(/ from$/), 'January', 'February'],
    ]);
  });
  it('of texts of many lines only the lines that differ are told', () => {
    const query = (where: string) =>
      validate({
        flowyard: 1,
        nodes: { q: { kind: 'combine.sql', params: { query: `SELECT *\nFROM rows\n${where}` } } },
      });
    expect(differ(query('WHERE a > 1'), query('WHERE a > 2'))[0]?.slice(2)).toEqual(['WHERE a > 1', 'WHERE a > 2']);
  });
});
