/** Pipelines that nobody would draw, from a seed: messy rows, steps that each row takes alone and steps that mix rows, a trainer behind them. */
import { chances, makeCells, toText, type Chance, type Form } from './messy-cells.ts';
import type { SketchedNode } from './workshop.ts';

export interface RandomPipeline {
  seed: number;
  task: 'classification' | 'regression';
  /** File name → its text. */
  files: Readonly<Record<string, string>>;
  /** The cells of the file that is learnt from, as they stand in it; null is nothing between two marks. */
  cells: readonly Readonly<Record<string, string>>[];
  nodes: Readonly<Record<string, SketchedNode>>;
  wires: readonly string[];
  /** Along the chain, the reader first: where Predict is asked. */
  places: readonly string[];
}
type Kind = 'number' | 'text' | 'category' | 'boolean' | 'date';
interface Draft {
  nodes: Record<string, SketchedNode>;
  wires: string[];
  places: string[];
  columns: Map<string, Kind>;
  files: Record<string, string>;
}
type Step = (draft: Draft, chance: Chance, at: string, id: string) => SketchedNode | undefined;
const wired = (draft: Draft, at: string, id: string, port = 'rows'): void =>
  void draft.wires.push(`${at}.rows -> ${id}.${port}`);
const named = (draft: Draft, ...kinds: Kind[]): string[] =>
  [...draft.columns].flatMap(([name, kind]) => (kinds.includes(kind) ? [name] : []));
const pick = (chance: Chance, list: readonly string[]): string | undefined => list[chance.below(list.length)];
const query = (text: string): SketchedNode => ({ kind: 'combine.sql', params: { query: text } });

/** A formula over one column of a kind, and what it gives. */
function formula(draft: Draft, chance: Chance): { from: string; expression: string; gives: Kind } | undefined {
  const gives = chance.of<Kind>(['number', 'number', 'category', 'text']);
  const from = pick(
    chance,
    named(draft, ...(gives === 'number' ? (['number', 'text', 'date'] as const) : (['category', 'text'] as const))),
  );
  if (from === undefined) return undefined;
  const kind = draft.columns.get(from);
  const forms: [string, ...string[]] =
    gives !== 'number'
      ? [
          `upper(${from})`,
          `coalesce(${from}, 'none') || '!'`,
          `reverse(${from})`,
          `CASE WHEN ${from} LIKE '%e%' THEN ${from} END`,
        ]
      : kind === 'text'
        ? [`length(${from})`, `length(${from}) / 3`, `CASE WHEN ${from} LIKE '%a%' THEN 1 ELSE 0 END`]
        : kind === 'date'
          ? [`year(${from})`, `date_diff('day', DATE '2020-01-01', ${from}) / 7`]
          : [
              `coalesce(${from}, 0) * 3 - 1`,
              `${from} / 7`,
              `round(${from}, 1)`,
              `CASE WHEN ${from} > 0 THEN ${from} END`,
              `abs(${from}) + 0.5`,
            ];
  return { from, expression: chance.of(forms), gives };
}

const derive: Step = (draft, chance, at, id) => {
  const made = formula(draft, chance);
  if (made === undefined) return undefined;
  const name = chance.is(0.5) ? made.from : `new_${id}`;
  wired(draft, at, id);
  draft.columns.set(name, made.gives);
  return { kind: 'clean.derive', params: { columns: [{ name, expression: made.expression }] } };
};
const select: Step = (draft, chance, at, id) => {
  const name = pick(chance, named(draft, 'text', 'boolean', 'date'));
  const old = pick(chance, named(draft, 'number'));
  if (name === undefined || old === undefined || draft.columns.size < 5) return undefined;
  wired(draft, at, id);
  draft.columns.delete(name);
  draft.columns.delete(old);
  draft.columns.set(`${old}_${id}`, 'number');
  return {
    kind: 'clean.select',
    params: { action: 'drop', columns: { by: 'names', names: [name] }, rename: { [old]: `${old}_${id}` } },
  };
};
const flags: Step = (draft, chance, at, id) => {
  const name = pick(chance, named(draft, 'number', 'text', 'date'));
  if (name === undefined || draft.columns.has(`${name}_missing`)) return undefined;
  wired(draft, at, id);
  draft.columns.set(`${name}_missing`, 'boolean');
  return { kind: 'clean.missing', params: { columns: { by: 'names', names: [name] }, action: 'keep', flag: true } };
};
const fill: Step = (draft, chance, at, id) => {
  const name = pick(chance, named(draft, 'category', 'text'));
  if (name === undefined) return undefined;
  wired(draft, at, id);
  return {
    kind: 'clean.missing',
    params: { columns: { by: 'names', names: [name] }, action: 'fill', value: 'unknown' },
  };
};
const filter: Step = (draft, chance, at, id) => {
  const name = pick(chance, named(draft, 'number'));
  if (name === undefined) return undefined;
  wired(draft, at, id);
  return {
    kind: 'clean.filter',
    params: { expression: `${name} > -40 OR ${name} IS NULL`, trainingOnly: chance.is(0.5) },
  };
};
const choices: Step = (draft, chance, at, id) => {
  wired(draft, at, id);
  return chance.of<SketchedNode>([
    { kind: 'clean.duplicates' },
    { kind: 'combine.sample', params: { amount: 'fraction', fraction: 0.9 } },
    { kind: 'combine.sort', params: { keys: [{ column: 'id' }] } },
  ]);
};
const eachRow: Step = (draft, chance, at, id) => {
  const made = formula(draft, chance);
  if (made === undefined) return undefined;
  const { from, expression, gives } = made;
  wired(draft, at, id);
  if (chance.is(0.5)) {
    draft.columns.set(from, gives);
    return query(
      chance.of([
        `SELECT * REPLACE (${expression} AS ${from}) FROM rows`,
        `WITH w AS (FROM rows ORDER BY id) SELECT w.* REPLACE (${expression} AS ${from}) FROM w`,
      ]),
    );
  }
  draft.columns.set(`q_${id}`, gives);
  return query(`SELECT *, ${expression} AS q_${id} FROM (SELECT * FROM rows) AS r`);
};
const mixing: Step = (draft, chance, at, id) => {
  const made = formula(draft, chance);
  const number = pick(chance, named(draft, 'number'));
  if (made === undefined || number === undefined) return undefined;
  wired(draft, at, id);
  switch (chance.below(4)) {
    case 0:
      return query('SELECT * FROM rows WHERE CAST(id AS BIGINT) % 7 <> 3');
    case 1:
      draft.columns.set(made.from, made.gives);
      return query(`SELECT * REPLACE (${made.expression} AS ${made.from}) FROM rows WHERE CAST(id AS BIGINT) % 5 <> 1`);
    case 2:
      draft.columns.set(`w_${id}`, 'number');
      return query(`SELECT *, avg(${number}) OVER () AS w_${id} FROM rows`);
    default:
      return query('SELECT DISTINCT * FROM rows');
  }
};
const append: Step = (draft, _chance, at, id) => {
  if (at !== 'read') return undefined;
  draft.nodes[`${id}-more`] = { kind: 'read.csv', params: { ...draft.nodes['read']?.params, file: 'more.csv' } };
  wired(draft, at, id);
  wired(draft, `${id}-more`, id);
  return { kind: 'combine.append' };
};
const joined: Step = (draft, chance, at, id) => {
  const [by, of] = [pick(chance, named(draft, 'category')), pick(chance, named(draft, 'number'))];
  if (by === undefined || of === undefined) return undefined;
  draft.nodes[`${id}-sums`] = {
    kind: 'combine.aggregate',
    params: { by: [by], aggregates: [{ function: 'mean', column: of, as: `mean_${id}` }] },
  };
  wired(draft, at, `${id}-sums`);
  wired(draft, at, id, 'left');
  wired(draft, `${id}-sums`, id, 'right');
  draft.columns.set(`mean_${id}`, 'number');
  return { kind: 'combine.join', params: { how: 'inner', keys: [{ left: by, right: by }] } };
};
const task: Step = (draft, chance, at, id) => {
  const column = pick(chance, named(draft, 'text'));
  if (column === undefined || draft.columns.has('personal_data') || draft.columns.has('language')) return undefined;
  wired(draft, at, id);
  const isMask = chance.is(0.5);
  draft.columns.set(isMask ? 'personal_data' : 'language', isMask ? 'number' : 'text');
  return { kind: isMask ? 'language.mask-pii' : 'language.detect-language', params: { column } };
};
const impute: Step = (draft, chance, at, id) => {
  wired(draft, at, id);
  return {
    kind: 'prepare.impute',
    params: { columns: { by: 'type', type: 'number' }, strategy: chance.of(['median', 'mean', 'most-frequent']) },
  };
};
const scale: Step = (draft, chance, at, id) => {
  wired(draft, at, id);
  return { kind: 'prepare.scale', params: { method: chance.of(['standard', 'min-max', 'robust']) } };
};
const encode: Step = (draft, chance, at, id) => {
  const name = pick(chance, named(draft, 'category'));
  if (name === undefined) return undefined;
  wired(draft, at, id);
  draft.columns.delete(name);
  return {
    kind: 'prepare.encode',
    params: { method: chance.of(['one-hot', 'ordinal', 'target', 'target']), columns: { by: 'names', names: [name] } },
  };
};
const statistics: Step = (draft, chance, at, id) => {
  const [by, of] = [pick(chance, named(draft, 'category', 'boolean')), pick(chance, named(draft, 'number'))];
  if (by === undefined || of === undefined) return undefined;
  wired(draft, at, id);
  draft.columns.set(`stat_${id}`, 'number');
  return {
    kind: 'prepare.group-statistics',
    params: { by: [by], statistics: [{ column: of, function: 'mean', as: `stat_${id}` }] },
  };
};
const lookup: Step = (draft, chance, at, id) => {
  const by = pick(chance, named(draft, 'category'));
  if (by === undefined) return undefined;
  draft.nodes[`${id}-table`] = { kind: 'read.csv', params: { file: 'lookup.csv', types: { word: 'text' } } };
  wired(draft, at, id, 'left');
  wired(draft, `${id}-table`, id, 'right');
  draft.columns.set(draft.columns.has('worth') ? `worth_${id}` : 'worth', 'number');
  draft.files['lookup.csv'] = `word,worth\nred,1.5\nRed,-2\ngrün,7\n"x,y",\n9,0.1\n`;
  return {
    kind: 'combine.join',
    params: { how: 'left', keys: [{ left: by, right: 'word' }], rightUnique: true, suffix: `_${id}` },
  };
};

const before: readonly [Step, ...Step[]] = [
  derive,
  derive,
  select,
  flags,
  fill,
  filter,
  choices,
  eachRow,
  eachRow,
  mixing,
  mixing,
  append,
  joined,
  task,
];
const after: readonly [Step, ...Step[]] = [
  derive,
  eachRow,
  impute,
  scale,
  encode,
  encode,
  statistics,
  filter,
  lookup,
  flags,
];
/** Steps that have a form in ONNX, for some of their formulas. */
const exportable: readonly [Step, ...Step[]] = [derive, impute, scale, encode, encode, statistics, lookup, flags];

export function makePipeline(seed: number): RandomPipeline {
  const chance = chances(seed);
  const taskKind = chance.of<RandomPipeline['task']>(['classification', 'classification', 'regression']);
  const form: Form = chance.is(0.2) ? { delimiter: ';', decimal: ',' } : { delimiter: ',', decimal: '.' };
  const cells = makeCells(chance, 90, 1, form, taskKind);
  const files: Record<string, string> = {
    'rows.csv': toText(cells, form),
    'more.csv': toText(makeCells(chance, 30, 1000, form, taskKind), form),
  };
  const types = {
    id: 'text',
    a: 'number',
    k: 'integer',
    t: 'text',
    c: 'text',
    b: 'boolean',
    d: 'date',
    y: taskKind === 'regression' ? 'number' : 'text',
  };
  const draft: Draft = {
    nodes: {
      read: {
        kind: 'read.csv',
        params: {
          file: 'rows.csv',
          // What is found by itself is found in the same way by whoever reads the file again.
          types: chance.is(0.6) ? types : { id: 'text', t: 'text', c: 'text' },
          ...(form.decimal === ',' ? { delimiter: 'semicolon', decimalMark: 'comma' } : {}),
        },
      },
    },
    wires: [],
    places: ['read'],
    columns: new Map<string, Kind>([
      ['a', 'number'],
      ['k', 'number'],
      ['t', 'text'],
      ['c', 'category'],
      ['b', 'boolean'],
      ['d', 'date'],
    ]),
    files,
  };
  const add = (step: Step, id: string): void => {
    const node = step(draft, chance, draft.places.at(-1) ?? 'read', id);
    if (node === undefined) return;
    draft.nodes[id] = node;
    draft.places.push(id);
  };
  const isPlain = chance.is(0.35);
  for (let i = chance.below(4); i > 0; i--)
    add(isPlain ? chance.of([derive, flags, select]) : chance.of(before), `before${i}`);
  add((d, _c, at, id) => {
    wired(d, at, id);
    return { kind: 'split.rows', params: { target: 'y', id: 'id', equalRows: 'apart' } };
  }, 'split');
  for (let i = chance.below(4); i > 0; i--) add(chance.of(isPlain ? exportable : after), `after${i}`);
  const isLinear = chance.is(0.4);
  if (isLinear) {
    add(impute, 'filled');
    add(scale, 'scaled');
  }
  draft.nodes['train'] = trainer(isLinear, taskKind);
  wired(draft, draft.places.at(-1) ?? 'split', 'train');
  return { seed, task: taskKind, files, cells, nodes: draft.nodes, wires: draft.wires, places: draft.places };
}

function trainer(isLinear: boolean, taskKind: string): SketchedNode {
  const columns = { by: 'type', type: 'number' };
  if (!isLinear) return { kind: 'train.gradient-boosting', params: { trees: 4, minRowsInLeaf: 3, columns } };
  return taskKind === 'regression'
    ? { kind: 'train.linear-regression', params: { alpha: 1, columns } }
    : { kind: 'train.logistic-regression', params: { columns } };
}
