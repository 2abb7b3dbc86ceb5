import { relational, type TableRef } from '../../../shared/capabilities.ts';
import { tableOf } from '../../../shared/input.ts';
import { raise } from '../../../shared/raise.ts';
import { id, join, raw, sql, type Sql } from '../../../shared/sql.ts';
import { rowColumn } from '../../../shared/wires.ts';
import { comparedKey } from './exact-keys.ts';
import { lookUpOnnx } from './look-up-onnx.ts';
import { joinedNames } from './joined-names.ts';
import { spec } from './spec.ts';

const joins = {
  left: 'LEFT JOIN',
  inner: 'JOIN',
  right: 'RIGHT JOIN',
  full: 'FULL JOIN',
  semi: 'SEMI JOIN',
  anti: 'ANTI JOIN',
} as const;
type Keys = readonly { left: string; right: string }[];

export default relational(spec, {
  sql: ({ inputs, params }) => {
    const left = tableOf(inputs, 'left');
    const right = tableOf(inputs, 'right');
    const marks =
      left.hidden.includes(rowColumn) && right.hidden.includes(rowColumn)
        ? [sql`l.${id(rowColumn)} = r.${id(rowColumn)}`]
        : [];
    const isKept = params.how === 'right' || params.how === 'full';
    const compared = (key: Keys[number]): { left: Sql; right: Sql } => {
      const l = { as: 'l', name: key.left, columns: left.columns } as const;
      const r = { as: 'r', name: key.right, columns: right.columns } as const;
      return { left: comparedKey(l, r, isKept), right: comparedKey(r, l, isKept) };
    };
    const pairs = params.keys.map(compared);
    const on = join([...marks, ...pairs.map((key) => sql`${key.left} = ${key.right}`)], ' AND ');
    const value = (c: { left?: string; right?: string }): Sql => {
      if (c.left === undefined) return sql`r.${id(c.right ?? '')}`;
      if (c.right === undefined) return sql`l.${id(c.left)}`;
      const both = compared({ left: c.left, right: c.right });
      return sql`coalesce(${both.left}, ${both.right})`;
    };
    const hidden =
      left.hidden.length > 0
        ? left.hidden.map((name) => sql`l.${id(name)}`)
        : params.how === 'semi' || params.how === 'anti'
          ? []
          : right.hidden.map((name) => sql`r.${id(name)}`);
    const columns = joinedNames(params, left.columns, right.columns).map((c) => sql`${value(c)} AS ${id(c.name)}`);
    const table =
      params.rightUnique && params.how !== 'semi' && params.how !== 'anti' ? onceEach(right, params.keys) : right.ref;
    return sql`SELECT ${join([...columns, ...hidden])} FROM ${left.ref} AS l ${raw(joins[params.how])} ${table} AS r ON ${on}`;
  },
  varies: () => 'order',
  parted: {
    ports: ({ how }) =>
      how === 'full'
        ? 'a full join must know which rows of either side found none in all the others'
        : how === 'right'
          ? ['right']
          : how === 'inner'
            ? ['left', 'right']
            : ['left'],
    loose: true,
  },
  onnx: lookUpOnnx,
  explain: async ({ inputs, params, query }) => {
    if (!params.rightUnique) return undefined;
    const right = tableOf(inputs, 'right');
    const keys = join(params.keys.map((key) => id(key.right)));
    const twice = await query(
      sql`SELECT ${keyText(params.keys)} AS key, count(*) AS n FROM ${right.ref} WHERE ${present(params.keys)} GROUP BY ${keys} HAVING count(*) > 1 ORDER BY 2 DESC, 1 LIMIT 1000`,
    );
    const first = twice[0];
    if (first === undefined) return undefined;
    return {
      code: 'join.not-unique',
      message: `The right table has ${twice.length === 1 ? 'a key' : `${twice.length} keys`} more than once: ${String(first['key'])} stands ${String(first['n'])} times.`,
      mend: 'Remove the duplicates on the right, aggregate it by the key, or allow several matches.',
      param: 'rightUnique',
      port: 'right',
      facts: { keys: twice.slice(0, 5).map((row) => String(row['key'])) },
    };
  },
  examine: async ({ inputs, output, params, query }) => {
    if (params.how === 'semi' || params.how === 'anti' || params.keys.length === 0) return [];
    const count = async (ref: Sql): Promise<number> =>
      Number((await query(sql`SELECT count(*) AS n FROM ${ref}`))[0]?.['n'] ?? 0);
    const [left, right, joined] = [
      await count(tableOf(inputs, 'left').ref),
      await count(tableOf(inputs, 'right').ref),
      await count(output.ref),
    ];
    const said = (n: number): string => n.toLocaleString('en-US');
    if (joined > 2 * Math.max(left, right))
      return [
        {
          code: 'join.explosive',
          severity: 'warning',
          message: `${said(left)} and ${said(right)} rows became ${said(joined)}: keys stand several times on both sides.`,
          mend: 'Add a pair to the key, or turn "Validate many-to-one" on.',
          param: 'keys',
          facts: { left, right, joined },
        },
      ];
    if (
      left > 0 &&
      right > 0 &&
      (joined === 0 || (params.how === 'left' && (await count(matches(inputs, params.keys))) === 0))
    )
      return [
        {
          code: 'join.no-match',
          severity: 'warning',
          message: 'No row of the left table has a match on the right.',
          mend: 'Look at the keys: spaces, capital letters and leading zeros make them unequal.',
          param: 'keys',
        },
      ];
    return [];
  },
});

const present = (keys: Keys): Sql =>
  join(
    keys.map((key) => sql`${id(key.right)} IS NOT NULL`),
    ' AND ',
  );
const keyText = (keys: Keys): Sql =>
  sql`concat_ws(', ', ${join(keys.map((key) => sql`'"' || CAST(${id(key.right)} AS VARCHAR) || '"'`))})`;

/** The right table; a key that comes a second time stops the query. */
function onceEach(right: TableRef, keys: Keys): Sql {
  const names = join(keys.map((key) => id(key.right)));
  const message = sql`'The right table has the key ' || ${keyText(keys)} || ' more than once.'`;
  const first = keys[0] === undefined ? undefined : id(keys[0].right);
  if (first === undefined) return right.ref;
  const checked = sql`CASE WHEN ${present(keys)} AND count(*) OVER (PARTITION BY ${names}) > 1 THEN ${raise({ code: 'join.not-unique', message, mend: 'Remove the duplicates on the right, aggregate it by the key, or allow several matches.', param: 'rightUnique' })} ELSE ${first} END`;
  return sql`(SELECT * REPLACE (${checked} AS ${first}) FROM ${right.ref})`;
}

function matches(inputs: Readonly<Record<string, TableRef>>, keys: Keys): Sql {
  const on = join(
    keys.map((key) => sql`l.${id(key.left)} = r.${id(key.right)}`),
    ' AND ',
  );
  return sql`(SELECT 1 FROM ${tableOf(inputs, 'left').ref} AS l SEMI JOIN ${tableOf(inputs, 'right').ref} AS r ON ${on})`;
}
