/** The search for node kinds: one for the palette, quick-add, the command search and `flowyard nodes --find`. */
import type * as z from 'zod';
import type { AnySpec } from '../shared/kind/define-spec.ts';
import { fieldMeta } from '../shared/kind/fields/fields.ts';
import { nearestWays, sayNearest } from './find-nearest.ts';
import { makePhraseFinder, type Phrase } from './find-phrases.ts';
import type { NearestWay } from './find-way.ts';

/** `word`: one of its synonyms. `setting`: a setting or a choice of one. `nearest`: no kind does it, this one comes near. */
export type FoundBy = 'title' | 'word' | 'kind' | 'setting' | 'about' | 'nearest';

export interface FoundKind {
  spec: AnySpec;
  /** From 0 to 1. */
  score: number;
  by: FoundBy;
  /** The words that were found: the title, `dropna`, a setting, or what no kind does. */
  found: string;
}
export interface FoundKinds {
  kinds: FoundKind[];
  /** No kind does what was asked for: its name, and a sentence that says so with the nearest way. */
  missing?: { title: string; sentence: string };
}
export interface KindFinder {
  find: (text: string, fits?: (spec: AnySpec) => boolean) => FoundKinds;
  isNamed: (word: string) => boolean;
}

/** A title that begins so stands above any synonym, and a synonym above what stands in a help text. */
const weights = { title: 1, word: 0.85, kind: 0.7, setting: 0.5, about: 0.45 } as const;
/** What counts less than this share of the best is noise. */
const leastShare = 0.4;

const phrasesOf = (spec: AnySpec): Phrase<FoundBy>[] => [
  { text: spec.title, as: 'title', weight: weights.title },
  { text: spec.kind.replace('.', ' '), as: 'kind', weight: weights.kind },
  ...spec.keywords.map((text): Phrase<FoundBy> => ({ text, as: 'word', weight: weights.word })),
  ...Object.values(spec.params.shape).flatMap((schema): Phrase<FoundBy>[] => {
    const meta = fieldMeta(schema as z.ZodType);
    if (meta === undefined) return [];
    return [meta.title, ...Object.values(meta.choices ?? {})].map((text) => ({
      text,
      as: 'setting',
      weight: weights.setting,
    }));
  }),
  { text: spec.about, as: 'about', weight: weights.about },
];
const wayPhrases = ({ title, words }: NearestWay): Phrase<FoundBy>[] =>
  [title, ...words].map((text) => ({ text, as: 'nearest', weight: weights.word }));

export function makeKindFinder(specs: Iterable<AnySpec>): KindFinder {
  const all = new Map([...specs].map((spec) => [spec.kind, spec]));
  const finder = makePhraseFinder<AnySpec | NearestWay, FoundBy>([
    ...[...all.values()].map((spec) => ({ item: spec, phrases: phrasesOf(spec) })),
    ...nearestWays.map((item) => ({ item, phrases: wayPhrases(item) })),
  ]);
  const find: KindFinder['find'] = (text, fits = () => true) => {
    const hits = finder.find(text);
    const ways: { way: NearestWay; score: number }[] = [];
    const kinds: FoundKind[] = [];
    let named = 0;
    for (const { item, score, by } of hits) {
      if (!('params' in item)) ways.push({ way: item, score });
      else {
        named = Math.max(named, score);
        if (fits(item)) kinds.push({ spec: item, score, by: by.as, found: by.text });
      }
    }
    const first = ways[0];
    // Where a kind is called so as well, it is what was meant, whether it fits here or not.
    const missing = first !== undefined && first.score > named ? first : undefined;
    const nearest = (missing?.way.kinds ?? []).flatMap((kind): FoundKind[] => {
      const spec = all.get(kind);
      return spec === undefined || !fits(spec) || missing === undefined
        ? []
        : [{ spec, score: missing.score, by: 'nearest', found: missing.way.title }];
    });
    const near = new Set(nearest.map(({ spec }) => spec.kind));
    const least = leastShare * Math.max(missing?.score ?? 0, kinds[0]?.score ?? 0);
    return {
      kinds: [...nearest, ...kinds.filter(({ spec, score }) => !near.has(spec.kind) && score >= least)],
      ...(missing === undefined ? {} : { missing: { title: missing.way.title, sentence: sayNearest(missing.way) } }),
    };
  };
  return { find, isNamed: finder.isNamed };
}
