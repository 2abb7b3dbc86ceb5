/**
 * Which columns of the base a prediction depends on: those without which the recipe's query no longer binds. A binding of a wide recipe takes tens of
 * milliseconds, so where very many columns are named in its text, being named is enough.
 */
import { id } from '../../shared/sql.ts';
import type { Column } from '../../shared/wires.ts';
import type { Database } from '../table/database.ts';
import type { ModelFile } from './model-file.ts';
import { featureList, recipeCtes } from './recipe-query.ts';

/** Up to so many named columns each is tried by bindings. */
const mostTried = 32;

export async function findNeededColumns(database: Database, model: ModelFile): Promise<string[]> {
  const { ctes, from } = recipeCtes(model, 'base', 0);
  const binds = async (columns: readonly Column[]): Promise<boolean> => {
    const base = `SELECT ${['NULL::BIGINT AS __row', ...columns.map((c) => `CAST(NULL AS ${c.type}) AS ${id(c.name).render()}`)].join(', ')}`;
    const text = `WITH ${[{ name: 'base', sql: base }, ...ctes].map((c) => `${c.name} AS (${c.sql})`).join(', ')} SELECT ${featureList(model.features)} FROM ${from}`;
    return database.describe(text).then(
      () => true,
      () => false,
    );
  };
  const needed = new Set<string>();
  /** Halves the candidates: a wide table with few needed columns takes few bindings. */
  const search = async (candidates: readonly Column[]): Promise<void> => {
    if (candidates.length === 0) return;
    const without = model.base.columns.filter((c) => !candidates.includes(c) && !dropped.has(c.name));
    if (await binds(without)) {
      for (const c of candidates) dropped.add(c.name);
      return;
    }
    if (candidates.length === 1) {
      for (const c of candidates) needed.add(c.name);
      return;
    }
    const middle = candidates.length >> 1;
    await search(candidates.slice(0, middle));
    await search(candidates.slice(middle));
  };
  const dropped = new Set<string>();
  const text = [...ctes.map((c) => c.sql), featureList(model.features)].join(' ');
  const named = namedColumns(model.base.columns, text);
  const isEnough = await binds(named);
  if (isEnough && named.length > mostTried) for (const c of named) needed.add(c.name);
  else {
    if (isEnough) for (const c of model.base.columns) if (!named.includes(c)) dropped.add(c.name);
    await search(isEnough ? named : model.base.columns);
  }
  return model.base.columns.map((c) => c.name).filter((name) => needed.has(name) && name !== model.target.name);
}

/** Columns whose name stands in a query, quoted or bare, whatever the case of its letters. Texts are passed over. */
function namedColumns(columns: readonly Column[], query: string): Column[] {
  const names = new Set<string>();
  for (const [token] of query.matchAll(/'(?:[^']|'')*'|"(?:[^"]|"")*"|[\p{L}_][\p{L}\p{N}_$]*/gu)) {
    if (token.startsWith("'")) continue;
    names.add((token.startsWith('"') ? token.slice(1, -1).replaceAll('""', '"') : token).toLowerCase());
  }
  return columns.filter((c) => names.has(c.name.toLowerCase()));
}
