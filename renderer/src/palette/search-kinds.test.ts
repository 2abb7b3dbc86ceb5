import { describe, expect, it } from 'vitest';
import { toySpecs } from '../edits/toy-specs.ts';
import { searchKinds } from './search-kinds.ts';

const find = (text: string, more = {}) => searchKinds(toySpecs.values(), { text, ...more }).map((hit) => hit.spec.kind);

describe('finding a node', () => {
  it('by the beginning of its name, of a word, of a word from other tools', () => {
    expect(find('sc')).toEqual(['prepare.scale', 'evaluate.score']);
    expect(find('boost')).toEqual(['train.boosting']);
    expect(find('conc')).toEqual(['combine.append']);
  });
  it('by letters in their order when nothing else fits', () => {
    expect(find('gbo')).toEqual(['train.boosting']);
    expect(find('zzz')).toEqual([]);
  });
  it('a wire shows only what fits its end', () => {
    expect(find('', { need: { wire: 'model', needs: 'input' } })).toEqual(['evaluate.score']);
    expect(find('', { need: { wire: 'model', needs: 'output' } })).toEqual(['train.boosting']);
  });
  it('what stands in the wrong place comes last and says so', () => {
    const hits = searchKinds(toySpecs.values(), { text: 's', need: { wire: 'table', needs: 'input', split: false } });
    expect(hits.at(-1)).toMatchObject({ spec: { kind: 'prepare.scale' }, note: 'afterSplit' });
  });
  it('recent ones and what usually follows come first', () => {
    expect(find('', { recent: ['combine.append'] })[0]).toBe('combine.append');
    expect(find('', { after: toySpecs.get('read.csv') })[0]).toBe('clean.filter');
  });
});
