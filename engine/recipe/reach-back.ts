/**
 * A model's file, begun as far back as its prediction allows: where a step that cannot be repeated for a row alone has left every column that the prediction needs
 * as it was (labels joined by hand, a table that was appended, rows left out), raw rows from before it are what the model may be asked about.
 */
import type { ModelDraft } from '../../shared/capabilities.ts';
import { loadTask } from '../../methods/tasks/load-task.ts';
import { id } from '../../shared/sql.ts';
import { rowColumn, type Column } from '../../shared/wires.ts';
import { rowsToken } from './compose/compose.ts';
import { keepLookups } from './compose/keep-lookups.ts';
import type { TableValue, Provenance, ProvenanceStep } from './compose/table-value.ts';
import { finalSign, placeSigns } from './compose/provenance.ts';
import type { Database } from '../table/database.ts';
import { traceMade } from './beside-steps.ts';
import { assembleModel, type ModelFile } from './model-file.ts';
import { findNeededColumns } from './needed-columns.ts';

export async function makeModel(database: Database, draft: ModelDraft, rows: TableValue): Promise<ModelFile> {
  let provenance = await passUnread(database, draft, rows);
  const outputs = (await loadTask(draft.task)).answers({ target: draft.target, classes: draft.classes ?? [] });
  for (;;) {
    const whole = assembleModel(draft, await keepLookups({ ...rows, provenance }, database), [], outputs);
    const model = { ...whole, needed: await findNeededColumns(database, whole) };
    const before = await behindBase(database, provenance, model.needed);
    if (before === undefined) return model;
    provenance = before;
  }
}

/** The same recipe, in which rows pass a batch function that the prediction reads nothing of as they are: no row waits for it, and rows without it are known. */
async function passUnread(
  database: Database,
  draft: ModelDraft,
  { provenance, columns }: TableValue,
): Promise<Provenance> {
  const steps = [...provenance.steps];
  const signs = placeSigns(provenance.base.sign, steps);
  for (const [i, step] of steps.entries()) {
    if (step.made === undefined) continue;
    const before = new Map((steps[i - 1]?.columns ?? provenance.base.columns).map((c) => [c.name, c.type]));
    // A mask has taken the place of a text.
    const replaced = step.replaces ?? '';
    const isNew = (c: Column): boolean => c.name === replaced || !before.has(c.name);
    const behind: Provenance = { base: { key: '', sign: '', columns: step.columns }, steps: steps.slice(i + 1) };
    const rest = assembleModel(draft, { columns, provenance: behind }, [], []);
    const read = await findNeededColumns(database, rest);
    if (step.columns.some((c) => isNew(c) && read.includes(c.name))) continue;
    const list = step.columns.map((c) => {
      const name = id(c.name).render();
      return isNew(c) ? `CAST(NULL AS ${c.type}) AS ${name}` : name;
    });
    const { made: _made, replaces: _replaces, ...others } = step;
    steps[i] = {
      ...others,
      place: signs[i + 1] ?? '',
      sql: `SELECT ${[...list, rowColumn].join(', ')} FROM ${rowsToken}`,
    };
  }
  return { ...provenance, steps };
}

/** The same recipe, begun at the table before its base; undefined: what the prediction needs was made there. */
async function behindBase(
  database: Database,
  { base, steps }: Provenance,
  needed: readonly string[],
): Promise<Provenance | undefined> {
  const [first, ...others] = await inputsThatKeep(database, base, needed);
  if (first === undefined || others.some((one) => finalSign(one) !== finalSign(first))) return undefined;
  const columns = new Map((first.steps.at(-1)?.columns ?? first.base.columns).map((c) => [c.name, c.type]));
  const isKept = (c: { name: string; type: string }): boolean =>
    needed.includes(c.name) && columns.get(c.name) === c.type;
  if (!needed.every((name) => base.columns.some((c) => c.name === name && isKept(c)))) return undefined;
  const list = base.columns.map((c) => {
    const name = id(c.name).render();
    return isKept(c) ? name : `CAST(NULL AS ${c.type}) AS ${name}`;
  });
  const step: ProvenanceStep = {
    key: base.key,
    sign: base.sign,
    place: base.sign,
    kind: base.made?.kind ?? '',
    title: base.made?.title ?? '',
    sql: `SELECT ${[...list, rowColumn].join(', ')} FROM ${rowsToken}`,
    params: {},
    columns: base.columns,
  };
  return { base: first.base, steps: [...first.steps, step, ...steps] };
}

/** The tables of which each needed column is a column as it was. */
async function inputsThatKeep(
  database: Database,
  base: Provenance['base'],
  needed: readonly string[],
): Promise<Provenance[]> {
  if (base.made === undefined || base.from === undefined) return [];
  if (base.adds === true) return base.from.slice(0, 1);
  if (base.select === undefined) return [];
  const traced = await traceMade(database, base.select);
  if (traced === undefined) return [];
  const names = [...base.select.inputs.keys()];
  const sources = needed.map((name) => {
    const column = traced.columns.find((c) => c.name === name);
    const from = [...(column?.values ?? [])];
    const inputs = names.filter((input) => from.includes(`${input}:${name}`));
    return column?.plain === true && inputs.length === from.length ? inputs : [];
  });
  const [inputs = names.slice(0, 1)] = sources;
  if (inputs.length === 0 || sources.some((one) => one.join() !== inputs.join())) return [];
  return inputs.flatMap((input) => base.from?.[names.indexOf(input)] ?? []);
}
