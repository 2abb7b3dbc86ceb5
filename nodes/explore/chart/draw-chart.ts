/** One chart block for each mark, aggregated by the database so that at most about 2,000 marks leave it. */
import type { Row } from '../../../shared/capabilities.ts';
import type { ChartBlock } from '../../../shared/report.ts';
import { double, join, raw, sql, type Sql, type SqlValue } from '../../../shared/sql.ts';
import { isInteger, typeFamily, type Column } from '../../../shared/wires.ts';
import { niceBins } from '../../../methods/statistics/nice-bins.ts';
import { otherLabel, type ChartRows } from './chart-rows.ts';

const mostPoints = 2000;
const mostBars = 40;
const mostBins = 400;

export type Aggregate = 'mean' | 'median' | 'sum' | 'min' | 'max' | 'count';
export interface Drawing {
  x: Column | undefined;
  y: Column | undefined;
  color: Column | undefined;
  facet: Column | undefined;
  aggregate: Aggregate;
}
type Cell = string | number | boolean | null;

export async function drawHistogram(rows: ChartRows, d: Drawing): Promise<ChartBlock> {
  const name = d.x?.name ?? '';
  const facts =
    (
      await rows.query(
        sql`SELECT count(x) AS n, min(x) AS lo, max(x) AS hi, quantile_cont(x, 0.25) AS q1, quantile_cont(x, 0.75) AS q3, median(x) AS m FROM ${rows.from} WHERE isfinite(x)`,
      )
    )[0] ?? {};
  const count = Number(facts['n'] ?? 0);
  const whole = d.x !== undefined && (isInteger(d.x.type) || typeFamily(d.x.type) === 'boolean');
  const edges =
    count === 0
      ? []
      : [
          ...niceBins({
            min: Number(facts['lo']),
            max: Number(facts['hi']),
            q1: Number(facts['q1']),
            q3: Number(facts['q3']),
            rows: count,
            whole,
          }),
        ];
  const list = sql`[${join(edges.map(double))}]`;
  const found =
    count === 0
      ? []
      : await rows.query(sql`
    SELECT least(len(list_filter(${list}, lambda e: e <= x)), ${edges.length - 1}) AS bin, c, f, count(*) AS n FROM ${rows.from} WHERE isfinite(x) GROUP BY ALL ORDER BY f, c, bin`);
  return {
    ...frame(d, `Histogram of ${name}`, 'histogram'),
    x: { field: 'from', title: name, scale: 'linear' },
    y: { field: 'count', title: 'rows', scale: 'linear' },
    data: {
      from: found.map((r) => edges[Number(r['bin']) - 1] ?? null),
      to: found.map((r) => edges[Number(r['bin'])] ?? null),
      count: column(found, 'n'),
      ...groups(found, d),
    },
    caption:
      count === 0
        ? `${name} has no values.`
        : `${name} of ${count.toLocaleString('en-US')} rows: from ${say(facts['lo'])} to ${say(facts['hi'])}, half of them below ${say(facts['m'])}.`,
  };
}

export async function drawBars(rows: ChartRows, d: Drawing, ordered: boolean): Promise<ChartBlock> {
  const name = d.x?.name ?? '';
  const kept = await rows.query(
    sql`SELECT x AS v, count(*) AS n FROM ${rows.from} GROUP BY 1 ORDER BY n DESC, v LIMIT ${mostBars + 1}`,
  );
  const labels = kept.slice(0, kept.length > mostBars ? mostBars - 1 : mostBars).map((r) => sql`${String(r['v'])}`);
  const label = kept.length > mostBars ? sql`(CASE WHEN x IN (${join(labels)}) THEN x ELSE ${otherLabel} END)` : sql`x`;
  const order = ordered ? sql`try_cast(g AS DOUBLE) NULLS LAST, g` : sql`sum(v) OVER (PARTITION BY g) DESC, g`;
  const found = await rows.query(
    sql`SELECT * FROM (SELECT ${label} AS g, c, f, ${aggregated(d)} AS v FROM ${rows.from} GROUP BY ALL) ORDER BY ${order}, f, c`,
  );
  return {
    ...frame(d, `${sayY(d)} by ${name}`, 'bar'),
    x: { field: 'x', title: name, scale: 'category' },
    y: { field: 'y', title: sayY(d), scale: 'linear' },
    data: { x: column(found, 'g'), y: column(found, 'v'), ...groups(found, d) },
    caption:
      found.length === 0
        ? 'There are no rows.'
        : `${sayY(d)} for ${new Set(found.map((r) => r['g'])).size} values of ${name}; ${String(largest(found, 'v')?.['g'])} has the most, ${say(largest(found, 'v')?.['v'])}.`,
  };
}

export async function drawLine(rows: ChartRows, d: Drawing): Promise<ChartBlock> {
  const name = d.x?.name ?? '';
  const family = d.x === undefined ? 'text' : typeFamily(d.x.type);
  const present = sql`${rows.from} WHERE x IS NOT NULL`;
  const places = Number((await rows.query(sql`SELECT count(DISTINCT x) AS n FROM ${present}`))[0]?.['n'] ?? 0);
  // More places than pixels: equal stretches, each at its first value.
  const place = places <= mostBins ? sql`x` : sql`min(x) OVER (PARTITION BY k)`;
  const source =
    places <= mostBins ? present : sql`(SELECT *, ntile(${mostBins}) OVER (ORDER BY x) AS k FROM ${present})`;
  const found = await rows.query(
    sql`SELECT p AS p, c, f, ${aggregated(d)} AS v FROM (SELECT *, ${place} AS p FROM ${source}) GROUP BY p, c, f ORDER BY f, c, p`,
  );
  const isTime = family === 'time';
  return {
    ...frame(d, `${sayY(d)} along ${name}`, 'line'),
    x: { field: 'x', title: name, scale: isTime ? 'time' : family === 'number' ? 'linear' : 'category' },
    y: { field: 'y', title: sayY(d), scale: 'linear' },
    data: { x: column(found, 'p'), y: column(found, 'v'), ...groups(found, d) },
    caption:
      found.length === 0
        ? 'There are no rows.'
        : `${sayY(d)} along ${name}, from ${say(found[0]?.['p'])} to ${say(found.at(-1)?.['p'])}; the highest is ${say(largest(found, 'v')?.['v'])}${places > mostBins ? `; ${places} places in ${mostBins} stretches` : ''}.`,
  };
}

export async function drawPoints(rows: ChartRows, d: Drawing): Promise<ChartBlock> {
  const [x, y] = [d.x?.name ?? '', d.y?.name ?? ''];
  const present = sql`${rows.from} WHERE isfinite(x) AND isfinite(y)`;
  const facts = (await rows.query(sql`SELECT count(*) AS n, corr(x, y) AS r FROM ${present}`))[0] ?? {};
  const count = Number(facts['n'] ?? 0);
  // The same rows each time, whatever their order.
  const found = await rows.query(
    sql`SELECT x, y, c, f FROM ${present} ORDER BY ${count > mostPoints ? sql`hash(x, y, c, f), ` : sql``}f, c, x, y LIMIT ${mostPoints}`,
  );
  const r = facts['r'];
  return {
    ...frame(d, `${y} against ${x}`, 'point'),
    x: { field: 'x', title: x, scale: 'linear' },
    y: { field: 'y', title: y, scale: 'linear' },
    data: { x: column(found, 'x'), y: column(found, 'y'), ...groups(found, d) },
    caption: `${count > mostPoints ? `${mostPoints.toLocaleString('en-US')} of ${count.toLocaleString('en-US')}` : count.toLocaleString('en-US')} rows${typeof r === 'number' && Number.isFinite(r) ? `; correlation ${r.toFixed(2)}` : ''}.`,
  };
}

/** Boxes with Tukey's whiskers (Exploratory Data Analysis, 1977): the furthest values within 1.5 interquartile ranges. */
export async function drawBoxes(rows: ChartRows, d: Drawing): Promise<ChartBlock> {
  const [x, y] = [d.x?.name ?? '', d.y?.name ?? ''];
  const present = sql`(SELECT * FROM ${rows.from} WHERE isfinite(y))`;
  const found = await rows.query(sql`
    SELECT b.x AS x, b.c AS c, b.f AS f, q1, m, q3, min(r.y) FILTER (WHERE r.y >= q1 - 1.5 * (q3 - q1)) AS lo, max(r.y) FILTER (WHERE r.y <= q3 + 1.5 * (q3 - q1)) AS hi, any_value(n) AS n
    FROM (SELECT x, c, f, quantile_cont(y, 0.25) AS q1, median(y) AS m, quantile_cont(y, 0.75) AS q3, count(*) AS n FROM ${present} GROUP BY ALL ORDER BY n DESC, x LIMIT ${mostBars}) AS b
    JOIN ${present} AS r ON r.x = b.x AND r.c = b.c AND r.f = b.f GROUP BY b.x, b.c, b.f, q1, m, q3 ORDER BY try_cast(b.x AS DOUBLE) NULLS LAST, b.x, b.f, b.c`);
  return {
    ...frame(d, x === '' ? y : `${y} by ${x}`, 'box'),
    x: { field: 'x', title: x, scale: 'category' },
    y: { field: 'median', title: y, scale: 'linear' },
    data: {
      x: column(found, 'x'),
      low: column(found, 'lo'),
      q1: column(found, 'q1'),
      median: column(found, 'm'),
      q3: column(found, 'q3'),
      high: column(found, 'hi'),
      ...groups(found, d),
    },
    caption:
      found.length === 0
        ? `${y} has no values.`
        : `Medians of ${y} from ${say(least(found, 'm')?.['m'])} (${String(least(found, 'm')?.['x'])}) to ${say(largest(found, 'm')?.['m'])} (${String(largest(found, 'm')?.['x'])}).`,
  };
}

function aggregated({ y, aggregate }: Drawing): Sql {
  if (y === undefined || aggregate === 'count') return sql`count(*)::DOUBLE`;
  return sql`${raw({ mean: 'avg', median: 'median', sum: 'sum', min: 'min', max: 'max' }[aggregate])}(y)`;
}
const sayY = ({ y, aggregate }: Drawing): string =>
  y === undefined || aggregate === 'count' ? 'rows' : `${aggregate} of ${y.name}`;

const frame = (
  d: Drawing,
  title: string,
  mark: ChartBlock['mark'],
): Pick<ChartBlock, 'type' | 'title' | 'mark' | 'color' | 'facet'> => ({
  type: 'chart',
  title,
  mark,
  ...(d.color === undefined ? {} : { color: 'color' }),
  ...(d.facet === undefined ? {} : { facet: 'facet' }),
});
const groups = (found: readonly Row[], d: Drawing): Record<string, Cell[]> => ({
  ...(d.color === undefined ? {} : { color: column(found, 'c') }),
  ...(d.facet === undefined ? {} : { facet: column(found, 'f') }),
});

const column = (found: readonly Row[], name: string): Cell[] => found.map((row) => plain(row[name]));
const plain = (value: SqlValue | undefined): Cell =>
  typeof value === 'bigint'
    ? Number(value)
    : value === undefined || (typeof value === 'number' && !Number.isFinite(value))
      ? null
      : value;
const say = (value: SqlValue | undefined): string =>
  typeof value === 'number' ? `${Number(value.toPrecision(4))}` : String(value ?? 'nothing');
const largest = (found: readonly Row[], name: string): Row | undefined =>
  found.reduce<Row | undefined>(
    (best, row) => (best === undefined || Number(row[name]) > Number(best[name]) ? row : best),
    undefined,
  );
const least = (found: readonly Row[], name: string): Row | undefined =>
  found.reduce<Row | undefined>(
    (best, row) => (best === undefined || Number(row[name]) < Number(best[name]) ? row : best),
    undefined,
  );
