/** The search for kinds as the window shows it: what fits a wire, what is used here, and what stands in the wrong place. */
import { makeKindFinder, type FoundKind, type KindFinder } from '../../../nodes/find-kinds.ts';
import { wordsOf } from '../../../nodes/find-phrases.ts';
import type { AnySpec, Category } from '../../../shared/kind/define-spec.ts';
import { fittingPort, type WireNeed } from '../../../shared/pipeline/fitting-port.ts';

export interface KindQuery {
  text: string;
  need?: WireNeed | undefined;
  /** Kinds added last, newest first. */
  recent?: readonly string[];
  /** The node before: what usually follows it comes first. */
  after?: AnySpec | undefined;
}
export interface KindHit {
  spec: AnySpec;
  /** How well it was found, from 0 to 1. */
  score: number;
  /** Where words of the query stand in the title, for marking: [from, to). */
  marks: readonly (readonly [number, number])[];
  /** What was found instead of the title: a synonym, a setting, or the name of what no kind does. */
  found?: { by: 'word' | 'setting' | 'nearest'; text: string };
  /** The reason why it would stand in the wrong place here. */
  note?: 'afterSplit' | 'beforeSplit';
}
export interface KindAnswer {
  hits: KindHit[];
  /** That no kind does what is asked for, with the nearest way. */
  missing?: string;
  /** Nothing fits the wire, though this kind is called so. */
  unfit?: AnySpec;
}

export const fits = (spec: AnySpec, need: WireNeed | undefined): boolean =>
  need === undefined || fittingPort(spec, need) !== undefined;

const finders = new WeakMap<ReadonlyMap<string, AnySpec>, KindFinder>();
/** Made when it is first asked, and kept. */
function finderOf(specs: ReadonlyMap<string, AnySpec>): KindFinder {
  const known = finders.get(specs) ?? makeKindFinder(specs.values());
  finders.set(specs, known);
  return known;
}

/** Makes it before somebody types: it takes some tens of milliseconds, which the first letter would wait for. */
export const prepareSearch = (specs: ReadonlyMap<string, AnySpec>): void => void finderOf(specs);

export function searchKinds(
  specs: ReadonlyMap<string, AnySpec>,
  { text, need, recent = [], after }: KindQuery,
): KindAnswer {
  const fitting = (spec: AnySpec): boolean => fits(spec, need);
  const isEmpty = text.trim() === '';
  const {
    kinds,
    missing,
  }: { kinds: Pick<FoundKind, 'spec' | 'score' | 'by' | 'found'>[]; missing?: { sentence: string } } = isEmpty
    ? { kinds: [...specs.values()].filter(fitting).map((spec) => ({ spec, score: 0, by: 'title', found: spec.title })) }
    : finderOf(specs).find(text, fitting);
  const scored = kinds.map(({ spec, score, by, found }, place) => {
    const note = need === undefined ? undefined : placeNote(spec, need);
    const recentRank = recent.indexOf(spec.kind);
    const hit: KindHit = {
      spec,
      score,
      marks: by === 'nearest' ? [] : marksIn(spec.title, text),
      ...(by === 'word' || by === 'setting' || by === 'nearest' ? { found: { by, text: found } } : {}),
      ...(note === undefined ? {} : { note }),
    };
    // Habits decide between what is found equally well; what comes nearest stands first, in its own order.
    const habit =
      (recentRank >= 0 ? 8 - Math.min(7, recentRank) : 0) +
      (after && usuallyNext(after.category).includes(spec.category) ? 6 : 0);
    return { hit, score: (by === 'nearest' ? 2 - place / 1000 : score + habit / 200) - (note ? 4 : 0) };
  });
  const hits = scored
    .sort((a, b) => b.score - a.score || (a.hit.spec.title < b.hit.spec.title ? -1 : 1))
    .map(({ hit }) => hit);
  const unfit =
    hits.length > 0 || isEmpty || need === undefined ? undefined : finderOf(specs).find(text).kinds[0]?.spec;
  return {
    hits,
    ...(missing === undefined ? {} : { missing: missing.sentence }),
    ...(unfit === undefined ? {} : { unfit }),
  };
}

/** The beginnings of a title's words that are words of the query. */
function marksIn(title: string, text: string): [number, number][] {
  const asked = wordsOf(text).sort((a, b) => b.length - a.length);
  return [...title.matchAll(/[\p{L}\p{N}]+/gu)].flatMap(({ 0: word, index }): [number, number][] => {
    const found = asked.find((one) => word.toLowerCase().startsWith(one));
    return found === undefined ? [] : [[index, index + found.length]];
  });
}

function placeNote(spec: AnySpec, need: WireNeed): KindHit['note'] | undefined {
  if (need.wire !== 'table' || need.needs !== 'input' || need.split === undefined) return undefined;
  if (!need.split && spec.form === 'fitted') return 'afterSplit';
  if (need.split && spec.form === 'relational' && spec.rows === 'mix') return 'beforeSplit';
  return undefined;
}

/** What people put next, by category. */
export function usuallyNext(category: Category): readonly Category[] {
  switch (category) {
    case 'read':
      return ['clean', 'split', 'explore'];
    case 'clean':
    case 'combine':
      return ['clean', 'split'];
    case 'split':
      return ['prepare', 'train'];
    case 'prepare':
      return ['train', 'prepare'];
    case 'train':
      return ['evaluate', 'predict', 'deploy'];
    case 'predict':
      return ['evaluate', 'write'];
    case 'evaluate':
    case 'explore':
    case 'write':
    case 'deploy':
    case 'language':
    case 'flow':
      return [];
  }
}
