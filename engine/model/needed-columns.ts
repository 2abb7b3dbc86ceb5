/** Which columns of the base a prediction depends on: those without which the recipe's query no longer binds. */
import { id } from '../../shared/sql.ts';
import type { Column } from '../../shared/wires.ts';
import type { Database } from '../table/database.ts';
import type { ModelFile } from './model-file.ts';
import { featureList, recipeCtes } from './recipe-query.ts';

/** Beyond this many named columns, each of which takes a binding of a wide query, all of them count as needed. */
const mostSearched = 60;

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
  // What no step names can only be carried along; that costs one binding for all of it.
  const text = [...ctes.map((c) => c.sql), featureList(model.features)].join(' ').toLowerCase();
  const named = model.base.columns.filter((c) => text.includes(c.name.toLowerCase()));
  const carried = model.base.columns.filter((c) => !named.includes(c));
  await search(carried);
  if (named.length > mostSearched) for (const c of named) needed.add(c.name);
  else await search(named);
  return model.base.columns.map((c) => c.name).filter((name) => needed.has(name) && name !== model.target.name);
}
