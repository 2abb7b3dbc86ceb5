import { task, type TableInput, type TaskContext } from '../../../shared/capabilities.ts';
import type { ParamsOf } from '../../../shared/kind/define-spec.ts';
import { id, sql } from '../../../shared/sql.ts';
import { partitionColumn, typeFamily, type Column } from '../../../shared/wires.ts';
import { spec } from './spec.ts';

type Params = ParamsOf<typeof spec>;
interface ColumnFacts {
  column: Column;
  missing: number;
  distinct: string;
  says: string;
}

export default task(spec, {
  run: async ({ params, table, outputs, progress, signal, log }: TaskContext<Params>) => {
    const rows = table('rows');
    const count = await rows.count();
    const facts: ColumnFacts[] = [];
    for (const [i, column] of rows.columns.entries()) {
      signal.throwIfAborted();
      progress(i / rows.columns.length, column.name);
      facts.push(await factsOf(rows, column, count));
    }
    const splits = rows.schema.split
      ? await rows.query(
          sql`SELECT ${id(partitionColumn)} AS part, count(*) AS n FROM ${rows.ref} GROUP BY part ORDER BY part`,
        )
      : [];
    const text = cardOf(
      params,
      count,
      facts,
      splits.map((row) => [String(row['part']), Number(row['n'])]),
    );
    const written = await outputs.file(params.file, { bytes: new TextEncoder().encode(text) }, params.overwrite);
    await outputs.report('report', {
      title: params.name,
      chips: [`${count.toLocaleString('en')} rows`, written.path],
      blocks: [{ type: 'text', text: text.replace(/^---[\s\S]*?---\n+/, ''), tone: 'plain' }],
    });
    log(`wrote ${written.path}`);
  },
});

async function factsOf(rows: TableInput, column: Column, count: number): Promise<ColumnFacts> {
  const name = id(column.name);
  const isExact = count <= 1_000_000;
  const different = isExact ? sql`count(DISTINCT ${name})` : sql`approx_count_distinct(${name})`;
  const [row = {}] = await rows.query(
    sql`SELECT count(*) - count(${name}) AS missing, ${different} AS "distinct" FROM ${rows.ref}`,
  );
  return {
    column,
    missing: Number(row['missing']),
    distinct: `${isExact ? '' : 'about '}${Number(row['distinct']).toLocaleString('en')}`,
    says: await sayValues(rows, column),
  };
}

async function sayValues(rows: TableInput, column: Column): Promise<string> {
  const name = id(column.name);
  switch (typeFamily(column.type)) {
    case 'number': {
      const [row = {}] = await rows.query(
        sql`SELECT min(${name}) AS low, median(${name}) AS middle, max(${name}) AS high FROM ${rows.ref} WHERE ${name} IS NOT NULL`,
      );
      return row['low'] === null ? '' : `${short(row['low'])} to ${short(row['high'])}, median ${short(row['middle'])}`;
    }
    case 'time': {
      const [row = {}] = await rows.query(
        sql`SELECT CAST(min(${name}) AS VARCHAR) AS low, CAST(max(${name}) AS VARCHAR) AS high FROM ${rows.ref}`,
      );
      return row['low'] === null ? '' : `${String(row['low'])} to ${String(row['high'])}`;
    }
    case 'text':
    case 'boolean': {
      const [lengths = {}] = await rows.query(
        sql`SELECT median(length(CAST(${name} AS VARCHAR))) AS middle, max(length(CAST(${name} AS VARCHAR))) AS high FROM ${rows.ref}`,
      );
      const common = await rows.query(
        sql`SELECT CAST(${name} AS VARCHAR) AS value, count(*) AS n FROM ${rows.ref} WHERE ${name} IS NOT NULL GROUP BY value HAVING count(*) > 1 ORDER BY n DESC, value LIMIT 4`,
      );
      // Texts that stand there once may be about somebody: only what is common is shown.
      return Number(lengths['high']) <= 40 && common.length > 0
        ? common.map((row) => `${String(row['value'])} (${Number(row['n']).toLocaleString('en')})`).join(', ')
        : lengths['high'] === null
          ? ''
          : `${short(lengths['middle'])} characters in the middle, at most ${short(lengths['high'])}`;
    }
    case 'other':
      return '';
  }
}

const short = (value: unknown): string =>
  typeof value === 'number'
    ? Number(value.toPrecision(6)).toLocaleString('en', { maximumFractionDigits: 6 })
    : String(value);
const cell = (text: string): string => text.replaceAll('|', String.raw`\|`).replace(/\s+/g, ' ');
const sizeOf = (rows: number): string =>
  rows < 1000
    ? 'n<1K'
    : rows < 10_000
      ? '1K<n<10K'
      : rows < 100_000
        ? '10K<n<100K'
        : rows < 1_000_000
          ? '100K<n<1M'
          : 'n>1M';

/** The front matter is Hugging Face's, the sections are those of Gebru et al. (2021), "Datasheets for datasets", in short. */
function cardOf(
  p: Params,
  rows: number,
  facts: readonly ColumnFacts[],
  splits: readonly (readonly [string, number])[],
): string {
  const section = (title: string, text: string): string =>
    `## ${title}\n\n${text.trim() === '' ? 'Nothing is said about it.' : text.trim()}\n`;
  const head = [
    '---',
    `pretty_name: ${JSON.stringify(p.name)}`,
    ...(p.licence === '' ? [] : [`license: ${JSON.stringify(p.licence)}`]),
    ...(p.languages.length === 0 ? [] : ['language:', ...p.languages.map((code) => `- ${JSON.stringify(code)}`)]),
    'size_categories:',
    `- ${sizeOf(rows)}`,
    '---',
  ];
  const table = [
    '| column | type | role | missing | different | values |',
    '| --- | --- | --- | --- | --- | --- |',
    ...facts.map(
      ({ column, missing, distinct, says }) =>
        `| ${cell(column.name)} | ${cell(column.type)} | ${column.role ?? ''} | ${missing.toLocaleString('en')} | ${distinct} | ${cell(says)} |`,
    ),
  ];
  return [
    `${head.join('\n')}\n`,
    `# ${p.name}\n`,
    section('What it is', p.about),
    `## What is in it\n\n${rows.toLocaleString('en')} rows of ${facts.length} columns.\n\n${table.join('\n')}\n`,
    ...(splits.length === 0
      ? []
      : [`## Partitions\n\n${splits.map(([part, n]) => `- ${part}: ${n.toLocaleString('en')} rows`).join('\n')}\n`]),
    section('Its origin', p.source),
    section('What it is for', p.uses),
    section('Its limits', p.limits),
    section('Personal data', p.personal),
    section('Licence', p.licence),
  ].join('\n');
}
