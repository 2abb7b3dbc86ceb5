/** A model that is too good: one column that tells the target by itself is looked for among the training rows, and again where a score is perfect. */
import type { Finding } from '../../../shared/kind/define-spec.ts';
import { id, literal, type SqlValue } from '../../../shared/sql.ts';
import { isFeature, partitionColumn, rowColumn, typeFamily, type Column } from '../../../shared/wires.ts';
import { leastRows, leaks, leaksFrom, type Cells } from '../../../methods/metrics/leaking-column.ts';
import type { RunResults } from '../results/run-results.ts';
import { composeQuery, isSplit, rowOrder, type TableValue } from '../../recipe/compose/table-value.ts';

interface Asked {
  target: string;
  /** How a target is held against: by its label, or as a number. */
  truth: 'label' | 'value';
  columns: readonly string[];
}
interface Leaking {
  column: string;
  share: number;
  rows: number;
}
/** So many cells are looked at, of the first rows in the order of Split, which is a random one. */
const mostCells = 500_000;
const mostRows = 5000;

/** The column that tells most, if one tells all. */
async function findLeaking(
  results: RunResults,
  value: TableValue,
  { target, truth, columns }: Asked,
  partition: string | undefined,
): Promise<{ rows: number; leaking: Leaking | undefined }> {
  const known = new Map(value.columns.map((c) => [c.name, c]));
  const asked = columns.flatMap((name): Column[] => {
    const column = known.get(name);
    return column === undefined || column.name === target || typeFamily(column.type) === 'other' ? [] : [column];
  });
  if (!known.has(target) || asked.length === 0) return { rows: 0, leaking: undefined };
  const limit = Math.max(leastRows * 4, Math.min(mostRows, Math.floor(mostCells / asked.length)));
  const answer =
    truth === 'value' ? `CAST(${id(target).render()} AS DOUBLE)` : `CAST(${id(target).render()} AS VARCHAR)`;
  const list = [...asked.map(cellOf), answer].map((cell, i) => `${cell} AS c${i}`).join(', ');
  const where = partition !== undefined && isSplit(value) ? ` AND ${partitionColumn} = ${literal(partition)}` : '';
  const wanted = `WHERE ${id(target).render()} IS NOT NULL${where}`;
  const found = await results.executing(value, async (db) => {
    const ask = (text: (from: string) => string) => db.columns(composeQuery(value, text));
    if (!value.hidden.includes(rowColumn)) return ask((from) => `SELECT ${list} FROM ${from} ${wanted} LIMIT ${limit}`);
    // The last of them first: to put thousands of columns in order takes gigabytes.
    const [ranks] = await ask((from) => `SELECT ${rowColumn} FROM ${from} ${wanted}${rowOrder(value)} LIMIT ${limit}`);
    const last = Number(ranks?.values.at(-1) ?? -1);
    return ask((from) => `SELECT ${list} FROM ${from} ${wanted} AND ${rowColumn} <= ${last}`);
  });
  const answers = plain(found.at(-1)?.values ?? []);
  let best: Leaking | undefined;
  asked.forEach(({ name }, i) => {
    const share = leaks(plain(found[i]?.values ?? []), answers, truth);
    if (share !== undefined && share >= leaksFrom && share > (best?.share ?? 0))
      best = { column: name, share, rows: answers.length };
  });
  return { rows: answers.length, leaking: best };
}

const cellOf = ({ name, type }: Column): string => {
  const column = id(name).render();
  const family = typeFamily(type);
  return family === 'number'
    ? `CAST(${column} AS DOUBLE)`
    : family === 'time'
      ? `epoch(CAST(${column} AS TIMESTAMP))`
      : family === 'boolean'
        ? `CAST(${column} AS INTEGER)`
        : column;
};
const plain = (values: readonly SqlValue[]): Cells =>
  values.map((value) => (typeof value === 'bigint' ? Number(value) : value));

const sayShare = ({ share, rows }: Leaking): string =>
  `${Math.floor(share * 1000) / 10} % of ${rows.toLocaleString('en')} rows`;
const mend = 'If a new row has it before the answer is known, all is well; if not, leave it out of the features.';

/** At a trainer. */
export async function leakingFeature(
  results: RunResults,
  value: TableValue,
  asked: Asked,
): Promise<Finding | undefined> {
  const { leaking } = await findLeaking(results, value, asked, 'train');
  return leaking === undefined
    ? undefined
    : {
        code: 'train.column-tells-target',
        severity: 'warning',
        message: `"${leaking.column}" alone tells the target "${asked.target}" of ${sayShare(leaking)}: the model may learn nothing else.`,
        mend,
        param: 'columns',
        column: leaking.column,
        facts: { column: leaking.column, share: leaking.share },
      };
}

/** At an evaluation, where the score leaves nothing open. */
export async function tooGoodScore(
  results: RunResults,
  value: TableValue,
  asked: Omit<Asked, 'columns'>,
  metrics: Readonly<Record<string, number | null>>,
): Promise<Finding | undefined> {
  const perfect = ['accuracy', 'auc', 'r2'].find((name) => (metrics[name] ?? 0) >= 0.9999);
  if (perfect === undefined) return undefined;
  const columns = value.columns.filter(isFeature).map((c) => c.name);
  const { rows, leaking } = await findLeaking(results, value, { ...asked, columns }, undefined);
  if (rows < leastRows) return undefined;
  return {
    code: 'evaluate.too-good',
    severity: 'warning',
    message:
      leaking === undefined
        ? `The score is perfect (${perfect} 1): no single column tells "${asked.target}", so several together may.`
        : `The score is perfect (${perfect} 1), and "${leaking.column}" alone tells "${asked.target}" of ${sayShare(leaking)}.`,
    mend: leaking === undefined ? 'Look for columns that are filled in after the answer is known.' : mend,
    ...(leaking === undefined ? {} : { column: leaking.column }),
  };
}
