/** Finding a node kind: by its name, the words of other tools, a task; and, for a wire, by what fits its end. */
import type { AnySpec, Category } from '../../../shared/spec/define-spec.ts';
import type { Wire } from '../../../shared/wires.ts';

export interface WireNeed {
  wire: Wire;
  /** `input`: the new node must take the wire; `output`: it must give it. */
  needs: 'input' | 'output';
  /** For a table: whether it comes from after Split; undefined: not known. */
  split?: boolean | undefined;
}
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
  /** Where the query stands in the title, for marking: [from, to). */
  marks: readonly (readonly [number, number])[];
  /** A word that was found instead of the title: "vlookup". */
  keyword?: string;
  /** The reason why it would stand in the wrong place here. */
  note?: 'afterSplit' | 'beforeSplit';
}

/** The port by which a kind takes the wire. */
export function fittingPort(spec: AnySpec, need: WireNeed): string | undefined {
  const ports = need.needs === 'input' ? spec.inputs : spec.outputs;
  return Object.entries(ports).find(([, port]) => port.wire === need.wire)?.[0];
}

export function searchKinds(specs: Iterable<AnySpec>, { text, need, recent = [], after }: KindQuery): KindHit[] {
  const query = text.trim().toLowerCase();
  const scored: { hit: KindHit; score: number }[] = [];
  for (const spec of specs) {
    if (need !== undefined && fittingPort(spec, need) === undefined) continue;
    const match = matchKind(spec, query);
    if (match === undefined) continue;
    const note = need === undefined ? undefined : placeNote(spec, need);
    const recentRank = recent.indexOf(spec.kind);
    const score =
      match.score +
      (recentRank >= 0 ? 8 - Math.min(7, recentRank) : 0) +
      (after && usuallyNext(after.category).includes(spec.category) ? 6 : 0) -
      (note ? 50 : 0);
    scored.push({
      hit: {
        spec,
        marks: match.marks,
        ...(match.keyword === undefined ? {} : { keyword: match.keyword }),
        ...(note === undefined ? {} : { note }),
      },
      score,
    });
  }
  return scored.sort((a, b) => b.score - a.score || (a.hit.spec.title < b.hit.spec.title ? -1 : 1)).map((s) => s.hit);
}

interface Match {
  score: number;
  marks: (readonly [number, number])[];
  keyword?: string;
}
function matchKind(spec: AnySpec, query: string): Match | undefined {
  if (query === '') return { score: 0, marks: [] };
  const title = spec.title.toLowerCase();
  const at = title.indexOf(query);
  if (at === 0) return { score: 100, marks: [[0, query.length]] };
  if (at > 0 && title[at - 1] === ' ') return { score: 90, marks: [[at, at + query.length]] };
  const keyword = spec.keywords.find((k) => k.toLowerCase().startsWith(query));
  if (keyword !== undefined) return { score: 80 - (keyword.length - query.length) / 100, marks: [], keyword };
  if (at > 0) return { score: 70, marks: [[at, at + query.length]] };
  if (spec.kind.includes(query)) return { score: 60, marks: [], keyword: spec.kind };
  const words = query.split(/\s+/);
  const all = ` ${[spec.title, spec.about, spec.category, ...spec.keywords].join(' ').toLowerCase()}`.replaceAll(
    /[^\p{L}\p{N}]+/gu,
    ' ',
  );
  if (words.every((word) => all.includes(` ${word}`)))
    return {
      score: 40,
      marks: words.flatMap((word) =>
        title.includes(word) ? [[title.indexOf(word), title.indexOf(word) + word.length] as const] : [],
      ),
    };
  const letters = subsequence(title, query);
  return letters === undefined || query.length < 3 || letters[0]?.[0] !== 0 ? undefined : { score: 20, marks: letters };
}

function subsequence(text: string, query: string): [number, number][] | undefined {
  const marks: [number, number][] = [];
  let from = 0;
  for (const letter of query) {
    const at = text.indexOf(letter, from);
    if (at < 0) return undefined;
    marks.push([at, at + 1]);
    from = at + 1;
  }
  return marks;
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
