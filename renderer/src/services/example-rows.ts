/** Rows of the table that a model was made from, for its form to begin with: as they stand in the pipeline of its run, before anything was prepared. */
import { isImageType } from '../../../shared/media/image.ts';
import type { PipelineFile } from '../../../shared/pipeline/file.ts';
import { decodePage, type PageColumn } from '../../../shared/rpc/page.ts';
import type { Column, TableSchema } from '../../../shared/wires.ts';
import { linksOf } from '../edits/ports.ts';
import { closePreview, openPreview } from '../preview/held-previews.ts';
import { host } from '../rpc/host.ts';
import { titleOf } from '../state/commands.ts';
import type { Answer } from '../rpc/host-client.ts';
import { typedCell } from './read-cell.ts';

/** What stands in the form: a text for each column. */
export type TypedRow = Readonly<Record<string, string>>;

const mostRows = 50;

/** None when the data is no longer as it was, or is nowhere as the model takes it. */
export async function readExampleRows(
  model: Pick<Answer<'models.get'>, 'run' | 'node' | 'facts'>,
  columns: readonly Column[],
  signal: AbortSignal,
): Promise<TypedRow[]> {
  const asked = columns.filter((c) => !isImageType(c.type));
  if (asked.length === 0) return [];
  const { run, file } = await host()['runs.get']({ run: model.run }, { signal });
  const asRun = {
    pipeline: { path: run.pipeline.startsWith('unsaved:') ? null : run.pipeline, file },
    parameters: run.parameters,
  };
  const { schemas } = await host()['plan.check']({ ...asRun, to: model.node }, { signal });
  const behind = model.facts['begins_behind'];
  const from = rawTable(file, model.node, schemas, asked, typeof behind === 'string' ? behind : undefined);
  if (from === undefined) return [];
  const { preview } = await openPreview({ ...asRun, ...from }, signal);
  try {
    const { page } = await host()['preview.page'](
      { preview, offset: 0, limit: mostRows, sort: null, filter: '' },
      { signal },
    );
    return typedRows(decodePage(page).columns, asked);
  } finally {
    closePreview(preview);
  }
}

/** The table furthest before the model that has all its columns: what came later may have been scaled or filled. */
export function rawTable(
  file: PipelineFile,
  node: string,
  schemas: Readonly<Record<string, TableSchema>>,
  columns: readonly Column[],
  /** The title of the node behind which the model begins: raw rows from before it are none that the model takes. */
  behind?: string,
): { node: string; port: string } | undefined {
  const links = linksOf(file);
  const distances = new Map([[node, 0]]);
  // A Map goes on with what is added to it: each round is one wire further.
  for (const [id, distance] of distances)
    for (const { from, to } of links)
      if (to.node === id && !distances.has(from.node)) distances.set(from.node, distance + 1);
  distances.delete(node);
  for (const id of [...distances.keys()].toReversed())
    for (const [name, schema] of Object.entries(schemas)) {
      const [owner = '', port = ''] = name.split('.');
      const has = ({ name: wanted, type }: Column): boolean =>
        schema.columns.some((c) => c.name === wanted && c.type === type);
      if (owner === id && columns.every(has) && (behind === undefined || titleOf(file, id) === behind))
        return { node: id, port };
    }
  return undefined;
}

/** Those with the fewest gaps first: a row that shows what belongs into each field. */
export function typedRows(found: readonly PageColumn[], asked: readonly Column[]): TypedRow[] {
  const named = new Map(found.map((c) => [c.name, c.values]));
  const rows = (found[0]?.values ?? []).map((_, i) =>
    Object.fromEntries(asked.map(({ name }) => [name, typedCell(named.get(name)?.[i] ?? null)])),
  );
  const gaps = (row: TypedRow): number => Object.values(row).filter((text) => text === '').length;
  return rows.toSorted((a, b) => gaps(a) - gaps(b));
}
