import { describe, expect, it } from 'vitest';
import { specs } from '../../../nodes/specs.ts';
import { smallSpecs } from '../../../test/support/small-specs.ts';
import { searchKinds } from './search-kinds.ts';

const find = (text: string, more = {}): string[] =>
  searchKinds(smallSpecs, { text, ...more }).hits.map((hit) => hit.spec.kind);

describe('finding a node', () => {
  it('by the beginning of its name, of a word, of a word from other tools', () => {
    expect(find('sc')).toEqual(['evaluate.score', 'prepare.scale']);
    expect(find('boost')).toEqual(['train.boosting']);
    expect(find('conc')).toEqual(['combine.append']);
    expect(searchKinds(smallSpecs, { text: 'boost' }).hits[0]?.marks).toEqual([[9, 14]]);
  });
  it('misspelt, but never by letters that happen to stand in it', () => {
    expect(find('boostnig')).toEqual(['train.boosting']);
    expect(find('gbo')).toEqual([]);
    expect(find('zzz')).toEqual([]);
  });
  it('a wire shows only what fits its end', () => {
    expect(find('', { need: { wire: 'model', needs: 'input' } })).toEqual(['evaluate.score']);
    expect(find('', { need: { wire: 'model', needs: 'output' } })).toEqual(['train.boosting']);
  });
  it('what is called so and does not fit the wire is named', () => {
    const answer = searchKinds(smallSpecs, { text: 'append', need: { wire: 'model', needs: 'input' } });
    expect(answer).toMatchObject({ hits: [], unfit: { kind: 'combine.append' } });
  });
  it('what stands in the wrong place comes last and says so', () => {
    const { hits } = searchKinds(smallSpecs, { text: 's', need: { wire: 'table', needs: 'input', split: false } });
    expect(hits.at(-1)).toMatchObject({ spec: { kind: 'prepare.scale' }, note: 'afterSplit' });
  });
  it('recent ones and what usually follows come first', () => {
    expect(find('', { recent: ['combine.append'] })[0]).toBe('combine.append');
    expect(find('', { after: smallSpecs.get('read.csv') })[0]).toBe('clean.filter');
  });
  it('says by which word it was found', () => {
    expect(searchKinds(specs, { text: 'dropna' }).hits[0]).toMatchObject({
      spec: { kind: 'clean.missing' },
      found: { by: 'word', text: 'dropna' },
    });
  });
  it('says that no kind does it, and puts the nearest first in its own order, whatever was used last', () => {
    const answer = searchKinds(specs, { text: 'pivot', recent: ['combine.aggregate'] });
    expect(answer.missing).toMatch(/^There is no pivot node yet\./);
    expect(answer.hits.slice(0, 2).map(({ spec }) => spec.kind)).toEqual(['combine.sql', 'combine.aggregate']);
  });
});
