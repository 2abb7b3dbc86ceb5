/** Judges every kind's folder: what it declares, its help and example, and for the forms that are SQL, what its query does at the edges. */
import { existsSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import dynamicIcons from 'lucide-react/dynamicIconImports.mjs';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type * as z from 'zod';
import { formatPipeline, parsePipeline } from '../shared/pipeline/parse.ts';
import { parseWire } from '../shared/pipeline/file.ts';
import { rowsOf, type AnySpec } from '../shared/kind/define-spec.ts';
import type { KindTrials } from '../shared/kind/kind-trials.ts';
import { fieldMeta, widgets } from '../shared/kind/fields/fields.ts';
import { FlowyardError } from '../shared/errors.ts';
import { id, literal, type SqlValue } from '../shared/sql.ts';
import { openBench, tryFitted, type FittedTrial, type NodeBench } from '../test/support/node-bench.ts';
import { nodeFolders } from '../test/support/node-folders.ts';
import { runExample } from '../test/support/run-example.ts';
import { runSql, table, type RunResult, type TableLiteral } from '../test/support/run-sql.ts';
import { loadRun, loadSpecs } from './runs.ts';

const specs = await loadSpecs();
const specOf = (kind: string): AnySpec => {
  const found = specs.get(kind);
  if (found === undefined) throw new Error(`no spec for ${kind}`);
  return found;
};

/** Its table may be one that no row alone can be brought to; a map's never is. */
function endsRecipes(spec: AnySpec): boolean {
  const has = (ports: AnySpec['inputs']): boolean => Object.values(ports).some(({ wire }) => wire === 'table');
  if (!has(spec.inputs) || !has(spec.outputs) || spec.category === 'split' || spec.category === 'read') return false;
  // By its parameters it leaves rows out, or looks at others.
  return spec.form === 'task' || spec.rows === 'mix' || ['clean.derive', 'language.conversations'].includes(spec.kind);
}

describe.each(nodeFolders.map((folder) => [folder.kind, folder] as const))('%s', (kind, folder) => {
  const spec = specOf(kind);
  const params = Object.entries(spec.params.shape).map(([name, schema]) => ({
    name,
    schema: schema as z.ZodType,
    meta: fieldMeta(schema as z.ZodType),
  }));

  it('declares itself: kind, versions, words, icon', () => {
    expect(spec.kind).toBe(kind);
    expect(spec.version).toBeGreaterThanOrEqual(1);
    expect([spec.version, spec.computes].every(Number.isInteger)).toBe(true);
    expect(Object.keys(spec.migrations ?? {}).map(Number)).toEqual(
      Array.from({ length: spec.version - 1 }, (_, i) => i + 1),
    );
    expect(spec.title).toMatch(/^\p{Lu}\S*( .*)?[^.]$/u);
    expect(spec.about).toMatch(/^\p{Lu}.*\.$/u);
    expect(spec.keywords.length).toBeGreaterThanOrEqual(5);
    expect(Object.keys(dynamicIcons)).toContain(spec.icon);
    for (const [name, port] of [...Object.entries(spec.inputs), ...Object.entries(spec.outputs)]) {
      expect(name).toMatch(/^[a-z][a-zA-Z0-9]*$/);
      expect(port.title).not.toBe('');
    }
  });

  it('every parameter has a title, a help, a widget and a default', () => {
    for (const { name, meta, schema } of params) {
      expect(meta?.title, name).toMatch(/\S/);
      expect(meta?.help, name).toMatch(/^\S.*[.)?!]$/s);
      expect(widgets, name).toContain(meta?.widget);
      // By this name a run finds which secrets it needs.
      if (meta?.widget === 'secret') expect(name).toBe('secret');
      expect(schema.safeParse(undefined).success, `${name} has a default`).toBe(true);
      const when = meta?.when;
      if (when === undefined) continue;
      const other = params.find((p) => p.name === when.param);
      expect(
        params.map((p) => p.name),
        `${name} is shown by ${when.param}`,
      ).toContain(when.param);
      for (const value of when.is)
        expect(other?.schema.safeParse(value).success, `${name} is shown when ${when.param} is ${String(value)}`).toBe(
          true,
        );
    }
  });

  it('its defaults parse and can be said and checked', () => {
    const defaults = spec.params.parse({});
    const said = spec.summary(defaults);
    expect(said).toMatch(/^\S.*[^.]$/);
    expect(said).not.toContain('\n');
    expect(['same', 'fewer', 'more', 'past', 'mix']).toContain(rowsOf(spec, defaults));
    for (const finding of spec.check?.({ node: 'it', params: defaults, inputs: {}, wired: new Set() }) ?? []) {
      expect(finding.code).toMatch(/^[a-z]+(-[a-z]+)*\.[a-z]+(-[a-z]+)*$/);
      expect(finding.message).toMatch(/[.?!]$/);
      if (finding.param !== undefined) expect(params.map((p) => p.name)).toContain(finding.param);
    }
    expect(() => spec.params.parse({ noSuchParameter: 1 })).toThrow();
  });

  it('has help, and an example that is a canonical pipeline of known kinds', () => {
    const help = folder.read('help.md') ?? '';
    expect(help, 'help.md').toMatch(/^# \S/);
    expect(help.length).toBeGreaterThan(400);
    expect(help).not.toMatch(/\bTODO\b/);
    const text = folder.read('example.pipeline.json') ?? '';
    const example = parsePipeline(text, `${kind}/example.pipeline.json`);
    expect(formatPipeline(example)).toBe(text);
    expect(Object.values(example.nodes).map((n) => n.kind)).toContain(kind);
    expect(example.title).not.toBe('');
    for (const [id, node] of Object.entries(example.nodes)) {
      const known = specs.get(node.kind);
      expect([...specs.keys()], id).toContain(node.kind);
      if (known === undefined || JSON.stringify(node.params).includes('"=')) continue;
      expect(known.params.safeParse(node.params).error?.message, id).toBeUndefined();
    }
    for (const wire of example.wires.map(parseWire)) {
      expect(
        specs.get(example.nodes[wire.from.node]?.kind ?? '')?.outputs,
        `${wire.from.node}.${wire.from.port}`,
      ).toHaveProperty(wire.from.port);
      expect(
        specs.get(example.nodes[wire.to.node]?.kind ?? '')?.inputs,
        `${wire.to.node}.${wire.to.port}`,
      ).toHaveProperty(wire.to.port);
    }
  });

  if (endsRecipes(spec))
    it('says what becomes of a model that is trained behind it', () => {
      expect(folder.read('help.md')).toMatch(/a model (that is trained|that reads|begins)[^.]* behind|begins behind/i);
      expect(folder.read('help.md')).toContain('`flowyard predict`');
    });

  // Those of all other kinds: examples.test.ts.
  if (spec.form === 'relational')
    it('its example gives what is written beside it', async () => {
      const example = parsePipeline(folder.read('example.pipeline.json') ?? '');
      const node = Object.entries(example.nodes).find(([, n]) => n.kind === kind)?.[0] ?? '';
      const result = (await runExample(example, folder.path, { specs, loadRun })).get(node);
      const found = {
        columns: Object.fromEntries(result?.columns.map((c) => [c.name, c.type]) ?? []),
        rows: result?.rows.length,
        // A set has no order: the first rows by their text.
        first: asSet(result ?? { columns: [], rows: [] })
          .slice(0, 3)
          .map((text): unknown => JSON.parse(text)),
      };
      if (process.env['UPDATE_EXAMPLES'] === '1')
        writeFileSync(join(folder.path, 'example.expected.json'), `${JSON.stringify(found, null, 2)}\n`);
      expect(found).toEqual(JSON.parse(folder.read('example.expected.json') ?? 'null'));
    });

  it('computes in the form that it declares', async () => {
    expect((await loadRun(kind)).form).toBe(spec.form);
  });
});

// ── relational kinds at the edges ──────────────────────────────────────────────────────────────────────────────────────────────────

const names = { number: 'price (€)', text: 'se"lect', time: "it's when", boolean: '😀 ok', integer: 'constructor' };
const types = {
  [names.number]: 'DOUBLE',
  [names.text]: 'VARCHAR',
  [names.time]: 'DATE',
  [names.boolean]: 'BOOLEAN',
  [names.integer]: 'BIGINT',
  'Straße; --': 'DECIMAL(18,3)',
};
const rowsOfOdd: SqlValue[][] = [
  [1.5, 'a', '2024-01-01', true, 1n, 1.25],
  [null, 'b', null, null, 9_007_199_254_740_993n, null],
  [Number.NaN, '', '2024-12-31', false, null, 0],
  [-0, null, '1969-07-20', true, 3n, -7.5],
  [1e300, 'ünïcode 😀', '2024-06-01', false, 1n, 2],
  [1.5, 'a', '2024-01-01', true, 1n, 1.25],
];
const odd = (rows: readonly (readonly SqlValue[])[]): TableLiteral => table(types, rows);

const relationalKinds = [...specs.values()].filter(
  (spec) => spec.form === 'relational' && Object.values(spec.inputs).some((p) => p.wire === 'table'),
);
const trials = (
  await Promise.all(
    relationalKinds.map(async ({ kind }) => {
      const { trials: more, needsParams = false } = await trialsOf(kind);
      return [...(needsParams ? [] : [{}]), ...(more?.(names) ?? [])].map((params) => [kind, params] as const);
    }),
  )
).flat();

async function trialsOf(
  kind: string,
): Promise<{ trials?: KindTrials; /** Its defaults cannot run. */ needsParams?: boolean }> {
  const path = join(import.meta.dirname, ...kind.split('.'), 'trials.ts');
  return existsSync(path) ? import(path) : {};
}

async function runKind(
  kind: string,
  params: Record<string, unknown>,
  rows: TableLiteral,
  threads = 1,
): Promise<RunResult> {
  const spec = specOf(kind);
  const run = await loadRun(kind);
  if (run.form !== 'relational') throw new Error(`${kind} is not relational`);
  const ports = Object.entries(spec.inputs).filter(([, port]) => !port.optional);
  return runSql(spec, run as never, {
    params,
    threads,
    inputs: Object.fromEntries(ports.filter(([, port]) => !port.many).map(([name]) => [name, rows])),
    many: Object.fromEntries(ports.filter(([, port]) => port.many).map(([name]) => [name, [rows, rows]])),
  });
}
const asSet = (result: RunResult): string[] =>
  result.rows
    .map((row) =>
      JSON.stringify(row, (_, v: unknown) =>
        typeof v === 'bigint' ? `${v}n` : typeof v === 'number' && !Number.isFinite(v) ? String(v) : v,
      ),
    )
    .sort();

describe.each(trials)('%s with %j', (kind, params) => {
  const spec = specOf(kind);
  const rows = rowsOf(spec, spec.params.parse(params));

  it('holds for odd names, an empty table, one row and columns of nothing, always with the same columns', async () => {
    const full = await runKind(kind, params, odd(rowsOfOdd));
    const empty = await runKind(kind, params, odd([]));
    const one = await runKind(kind, params, odd(rowsOfOdd.slice(0, 1)));
    const nothing = await runKind(
      kind,
      params,
      odd([
        [null, null, null, null, null, null],
        [null, null, null, null, null, null],
      ]),
    );
    for (const result of [empty, one, nothing]) expect(result.columns).toEqual(full.columns);
    if (rows === 'same') expect([full, empty, one, nothing].map((r) => r.rows.length)).toEqual([6, 0, 1, 2]);
    if (rows === 'fewer')
      expect([empty.rows.length, one.rows.length <= 1, full.rows.length <= 6]).toEqual([0, true, true]);
  });

  it('gives the same rows for another order of its input, on one thread or two', async () => {
    const expected = asSet(await runKind(kind, params, odd(rowsOfOdd)));
    expect(asSet(await runKind(kind, params, odd(rowsOfOdd), 2))).toEqual(expected);
    expect(asSet(await runKind(kind, params, odd(rowsOfOdd.toReversed()), 2))).toEqual(expected);
  });

  if (rows === 'same')
    it('gives a row alone the value that it has in a table', async () => {
      const cell = fc.tuple(
        fc.option(fc.double({ noDefaultInfinity: true })),
        fc.option(fc.oneof(fc.string(), fc.constantFrom('a', '1,5', '007', ' x '))),
        fc.option(
          fc
            .date({ min: new Date('1900-01-01'), max: new Date('2100-01-01'), noInvalidDate: true })
            .map((d) => d.toISOString().slice(0, 10)),
        ),
        fc.option(fc.boolean()),
        fc.option(fc.bigInt({ min: -(2n ** 60n), max: 2n ** 60n })),
        fc.option(fc.integer({ min: -1e6, max: 1e6 }).map((n) => n / 8)),
      );
      await fc.assert(
        fc.asyncProperty(fc.array(cell, { minLength: 2, maxLength: 6 }), async (cells) => {
          const clean = cells.map((row) => row.map((v) => (typeof v === 'string' ? v.replaceAll('\0', '') : v)));
          const together = asSet(await runKind(kind, params, odd(clean)));
          const alone = (await Promise.all(clean.map((row) => runKind(kind, params, odd([row])))))
            .flatMap(asSet)
            .sort();
          expect(alone).toEqual(together);
        }),
        { numRuns: 6 },
      );
    });
});

// ── fitted kinds at the edges ──────────────────────────────────────────────────────────────────────────────────────────────────────

const fittedKinds = [...specs.values()].filter((spec) => spec.form === 'fitted').map((spec) => spec.kind);

const oddSelect = (rows: readonly (readonly SqlValue[])[]): string => {
  const cells = (row: readonly SqlValue[], i: number): string =>
    [
      `${i}::BIGINT AS "__row"`,
      `'${i % 3 === 2 ? 'test' : 'train'}' AS "__partition"`,
      ...Object.entries(types).map(
        ([name, type], k) => `CAST(${literal(row[k] ?? null)} AS ${type}) AS ${id(name).render()}`,
      ),
    ].join(', ');
  const all = (rows.length === 0 ? [Object.keys(types).map(() => null)] : rows)
    .map((row, i) => `SELECT ${cells(row, i)}`)
    .join(' UNION ALL ');
  return rows.length === 0 ? `SELECT * FROM (${all}) WHERE false` : all;
};

/** Without 1e300, whose square no double holds: whether a kind refuses or survives that is for its own tests. */
const rowsToFit = rowsOfOdd.map((row) => row.map((value) => (value === 1e300 ? 1e9 : value)));

/** For each column two values to stand where one is missing. */
const completeRow: readonly (readonly SqlValue[])[] = [
  [2, 3],
  ['a', 'b'],
  ['2024-01-01', '2024-02-01'],
  [true, false],
  [5n, 6n],
  [1, 2.5],
];

describe.each(fittedKinds)('%s fitted', (kind) => {
  const fit = async (bench: NodeBench, rows: readonly (readonly SqlValue[])[]) =>
    tryFitted(bench, specOf(kind), await loadRun(kind), {}, await bench.table('fit on', oddSelect(rows)));
  /** The rows as a model gives them, by their rank, which says nothing about their values. */
  const applied = async (
    bench: NodeBench,
    trial: FittedTrial,
    rows: readonly (readonly SqlValue[])[],
  ): Promise<string[]> =>
    asSet({
      columns: [],
      rows: (await trial.apply(await bench.table('apply to', oddSelect(rows)), false)).map(
        ({ __row, __partition, ...values }) => values,
      ),
    });

  /** A kind may refuse rows with gaps in words: it learns from complete ones then, and is applied to all the same. */
  const fitOn = async (bench: NodeBench): Promise<SqlValue[][]> =>
    fit(bench, rowsToFit).then(
      () => rowsToFit,
      (thrown: unknown) => {
        expect(thrown).toMatchObject({ code: expect.stringMatching(/\.missing$/) });
        return rowsToFit.map((row, i) =>
          row.map((value, k) => (value === null || Number.isNaN(value) ? (completeRow[k]?.[i % 2] ?? null) : value)),
        );
      },
    );

  it('learns the same state twice, and gives a row alone the value that it has in a table', async () => {
    const bench = await openBench(2);
    try {
      const rows = await fitOn(bench);
      const trial = await fit(bench, rows);
      expect((await fit(bench, rows)).state).toEqual(trial.state);
      const together = await applied(bench, trial, rowsToFit);
      const alone: string[] = [];
      for (const row of rowsToFit) alone.push(...(await applied(bench, trial, [row])));
      expect(alone.sort()).toEqual(together);
      expect(await applied(bench, trial, [])).toEqual([]);
    } finally {
      bench.close();
    }
  });

  it('learns from nothing, from one row and from columns of nothing, or says in words that it cannot', async () => {
    const bench = await openBench();
    try {
      for (const rows of [
        [],
        rowsToFit.slice(0, 1),
        [Object.keys(types).map(() => null), Object.keys(types).map(() => null)],
      ]) {
        const trial = await fit(bench, rows).catch((thrown: unknown) => {
          expect(thrown).toBeInstanceOf(FlowyardError);
        });
        if (trial !== undefined) expect(await applied(bench, trial, rowsToFit)).toHaveLength(rowsToFit.length);
      }
    } finally {
      bench.close();
    }
  });
});
