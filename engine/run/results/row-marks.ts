/** Views of Split's marks: what one fold, one fit or one prediction sees of them. */
import { id, literal } from '../../../shared/sql.ts';
import { partitionColumn, rowColumn } from '../../../shared/wires.ts';
import { isSplit, tableName, type TableValue } from '../../recipe/compose/table-value.ts';

/** Reads Split's marks for one fold: `fold i` becomes test, the others train; what is held out for the end is left out. */
export function foldView(value: TableValue, tag: string, expanding: boolean): TableValue {
  const mark = id(partitionColumn).render();
  const key = `${value.key}@${tag}`;
  const number = (text: string): string => `TRY_CAST(split_part(${text}, ' ', 2) AS INTEGER)`;
  const isFold = `${mark} LIKE 'fold %'`;
  const select =
    tag === 'refit'
      ? `SELECT * REPLACE (CASE WHEN ${isFold} THEN 'train' ELSE ${mark} END AS ${mark}) FROM ${value.from}`
      : `SELECT * REPLACE (CASE WHEN ${mark} = ${literal(tag)} THEN 'test' ELSE 'train' END AS ${mark}) FROM ${value.from} WHERE ${isFold}${expanding ? ` AND ${number(mark)} <= ${tag.split(' ')[1] ?? '0'}` : ''}`;
  const name = `${tableName(value.key)}_${tag.replace(' ', '')}`;
  const last = value.provenance.steps.at(-1);
  const steps = last === undefined ? [] : [...value.provenance.steps.slice(0, -1), { ...last, key }];
  return {
    ...value,
    key,
    ctes: [...value.ctes, { name, sql: select }],
    from: name,
    provenance: { ...value.provenance, steps },
  };
}

/** The rows that a fold's model has not seen. */
export function heldOutRows(value: TableValue): TableValue {
  const name = `${value.from}_out`;
  const cte = { name, sql: `SELECT * FROM ${value.from} WHERE ${partitionColumn} = 'test'` };
  return { ...value, ctes: [...value.ctes, cte], from: name };
}

/** Without a Split every row is a training row. Learners still need an order that no thread count changes: by the rows' own values. */
export function markAllTraining(value: TableValue): TableValue {
  if (isSplit(value)) return value;
  const name = `${value.from}_all`;
  const text = value.columns.map((c) => `coalesce(CAST(${id(c.name).render()} AS VARCHAR), chr(0))`).join(', ');
  const sql = `SELECT *, row_number() OVER (ORDER BY md5(concat_ws(chr(31), ${text}))) - 1 AS ${rowColumn}, 'train' AS ${partitionColumn} FROM ${value.from}`;
  return {
    ...value,
    hidden: [rowColumn, partitionColumn],
    ctes: [...value.ctes, { name, sql }],
    from: name,
    allTraining: true,
  };
}

export const trainingRows = (value: TableValue): string =>
  isSplit(value) ? `(SELECT * FROM ${value.from} WHERE ${partitionColumn} = 'train')` : value.from;
