import {
  findNearDuplicates,
  groupsOf,
  sameText,
  type DuplicatePair,
} from '../../../methods/language/near-duplicates.ts';
import { chosenText, distinctTexts } from '../../../methods/language/per-text.ts';
import { shorten } from '../../../methods/text/evaluate-texts.ts';
import { task, type TableInput, type TaskContext } from '../../../shared/capabilities.ts';
import type { Report } from '../../../shared/report.ts';
import type { ParamsOf } from '../../../shared/kind/define-spec.ts';
import { uniqueNames } from '../../../shared/kind/unique-names.ts';
import { id, join, raw, sql, type Sql } from '../../../shared/sql.ts';
import { hiddenColumns, partitionColumn, rowColumn } from '../../../shared/wires.ts';
import { markColumns, spec } from './spec.ts';

type Context = TaskContext<ParamsOf<typeof spec>>;

export default task(spec, {
  run: async (context) => {
    const { params, outputs, metric, warn } = context;
    const table = context.table('rows');
    const column = chosenText(table, params.column);
    const texts = await distinctTexts(table, column);
    const { pairs, groups } = findGroups(context, texts);
    const staged = await context.stage(
      [
        { name: '__text', type: 'VARCHAR' },
        { name: '__group', type: 'BIGINT' },
      ],
      texts.map((text, i) => [text, groups[i] ?? i]),
    );
    const judged = judgedRows(table, column, staged);
    const [facts = {}] = await table.query(
      sql`SELECT count(*) AS n, count(*) FILTER (WHERE __copy > 1) AS copies, count(DISTINCT __group) FILTER (WHERE __copy > 1) AS "groups" FROM (${judged})`,
    );
    const across = table.schema.split ? await countAcross(table, judged) : 0;
    if (across > 0)
      warn({
        code: 'duplicates.across',
        severity: 'warning',
        message: `${across.toLocaleString('en')} groups of duplicates stand on both sides of Split: what is measured on them is too good.`,
        mend:
          params.action === 'remove'
            ? 'Their training rows were removed.'
            : 'Let one of each group stay, or put this node before Split.',
        param: 'action',
      });
    const counts = {
      rows: Number(facts['n']),
      copies: Number(facts['copies']),
      groups: Number(facts['groups']),
      across,
    };
    metric('duplicates', counts.copies);
    metric('duplicate_groups', counts.groups);
    metric('groups_across_split', across);
    await outputs.table('rows', outputRows(context, table, judged));
    await outputs.report('report', reportOf(counts, pairs, texts));
  },
});

function findGroups(
  { params, signal, progress }: Context,
  texts: readonly string[],
): { pairs: DuplicatePair[]; groups: number[] } {
  progress(null, `${texts.length.toLocaleString('en')} different texts`);
  const first = new Map<string, number>();
  const same: DuplicatePair[] = [];
  texts.forEach((text, b) => {
    const key = sameText(text);
    const a = first.get(key);
    if (a === undefined) first.set(key, b);
    else same.push({ a, b, similarity: 1 });
  });
  const near =
    params.method === 'exact'
      ? []
      : findNearDuplicates(texts, { threshold: params.threshold, run: params.run, signal });
  const pairs = [...same, ...near];
  return { pairs, groups: groupsOf(texts.length, pairs) };
}

/** Rows with their group and their number in it: 1 is the one that stays. A missing text is nobody's duplicate. */
function judgedRows(table: TableInput, column: string, staged: Sql): Sql {
  const isSplit = table.schema.split;
  const order = isSplit
    ? sql`CASE WHEN r.${id(partitionColumn)} = 'test' THEN 0 WHEN r.${id(partitionColumn)} = 'validation' THEN 1 ELSE 2 END, r.${id(rowColumn)}`
    : sql`r.__nth`;
  const rows = isSplit ? table.ref : sql`(SELECT *, row_number() OVER () AS __nth FROM ${table.ref})`;
  return sql`SELECT r.*, g.__group, CASE WHEN g.__group IS NULL THEN 1 ELSE row_number() OVER (PARTITION BY g.__group ORDER BY ${order}) END AS __copy, CASE WHEN g.__group IS NULL THEN 1 ELSE count(*) OVER (PARTITION BY g.__group) END AS __size FROM ${rows} AS r LEFT JOIN ${staged} AS g ON CAST(r.${id(column)} AS VARCHAR) = g.__text`;
}

async function countAcross(table: TableInput, judged: Sql): Promise<number> {
  const [row] = await table.query(
    sql`SELECT count(*) AS n FROM (SELECT __group FROM (${judged}) WHERE __group IS NOT NULL GROUP BY __group HAVING bool_or(${id(partitionColumn)} = 'train') AND bool_or(${id(partitionColumn)} IN ('test', 'validation')))`,
  );
  return Number(row?.['n'] ?? 0);
}

function outputRows({ params }: Context, table: TableInput, judged: Sql): Sql {
  const own = table.columns.map((c) => c.name);
  const marks = table.schema.split ? hiddenColumns : [];
  const [group = '', copy = ''] = uniqueNames(
    markColumns.map((c) => c.name),
    own,
  );
  // A group is named by its first text's number; rows that are alone have none.
  const added =
    params.action === 'remove'
      ? []
      : [sql`CASE WHEN __size > 1 THEN __group END AS ${id(group)}`, sql`__copy > 1 AS ${id(copy)}`];
  const where = params.action === 'remove' ? sql` WHERE __copy = 1` : raw('');
  return sql`SELECT ${join([...[...marks, ...own].map(id), ...added])} FROM (${judged})${where} ORDER BY ${table.schema.split ? id(rowColumn) : id('__nth')}`;
}

function reportOf(
  counts: { rows: number; copies: number; groups: number; across: number },
  pairs: readonly DuplicatePair[],
  texts: readonly string[],
): Report {
  const shown = [...pairs].sort((a, b) => a.similarity - b.similarity || a.a - b.a).slice(0, 30);
  return {
    title: 'Near duplicates',
    chips: [`${counts.rows.toLocaleString('en')} rows`],
    blocks: [
      {
        type: 'metrics',
        items: [
          { name: 'duplicates', title: 'Rows that repeat another', value: counts.copies, better: 'lower' },
          { name: 'duplicate_groups', title: 'Groups', value: counts.groups },
          {
            name: 'groups_across_split',
            title: 'Groups on both sides of Split',
            value: counts.across,
            better: 'lower',
          },
        ],
      },
      {
        type: 'table',
        title: 'Pairs, the least alike first',
        columns: [
          { name: 'similarity', title: 'Alike', align: 'right' },
          { name: 'a', title: 'Text', align: 'left' },
          { name: 'b', title: 'Text', align: 'left' },
        ],
        rows: shown.map(({ a, b, similarity }) => [similarity, shorten(texts[a] ?? ''), shorten(texts[b] ?? '')]),
        ...(pairs.length > shown.length
          ? { caption: `${shown.length} of ${pairs.length.toLocaleString('en')} pairs of different spelling.` }
          : {}),
      },
    ],
  };
}
