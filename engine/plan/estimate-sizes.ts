/**
 * How large results will be, before they exist: exactly where they do, by the last run's where there was one, else from what is read (the files' bytes) and from
 * the columns' types, node by node. Good for choosing what to move; not a promise.
 */
import { largest } from '../../shared/append.ts';
import { unreachable } from '../../shared/errors.ts';
import type { Column, TableSchema } from '../../shared/wires.ts';
import { rowsOf } from '../graph/graph.ts';
import type { Instance, Plan } from './plan.ts';

export interface Size {
  bytes: number;
  rows: number | null;
  /** It is there: measured, not estimated. */
  isKnown: boolean;
}
export interface SizeFacts {
  /** `node.port` → schema. */
  schemas: ReadonlyMap<string, TableSchema>;
  /** Of a result that is stored. */
  stored: (instance: Instance) => { bytes: number; rows: number | null } | undefined;
  /** Of what the node gave when it was last computed, with other settings or data. */
  before: (instance: Instance) => { bytes: number; rows: number | null } | undefined;
}

/** Parquet takes about half of what values take in memory. */
const packed = 0.5;
const wordBytes = 12;
/** A filter keeps half, a sum over groups as many as a table of that length tends to have. */
const keptByFilter = 0.5;
const groupsOf = (rows: number): number => Math.max(1, Math.round(rows ** 0.6));
const modelBytes = 1 << 20;
const smallBytes = 1 << 14;

export function estimateSizes(plan: Plan, { schemas, stored, before }: SizeFacts): Map<string, Size> {
  const sizes = new Map<string, Size>();
  for (const id of plan.graph.order) {
    const instance = plan.main.get(id);
    if (instance === undefined) continue;
    const known = stored(instance);
    const last = known === undefined ? before(instance) : undefined;
    sizes.set(
      id,
      known !== undefined
        ? { ...known, isKnown: true }
        : last !== undefined
          ? { ...last, isKnown: false }
          : guess(instance, sizes, schemas),
    );
  }
  return sizes;
}

function guess(instance: Instance, sizes: ReadonlyMap<string, Size>, schemas: ReadonlyMap<string, TableSchema>): Size {
  const { node, sources } = instance;
  const [table] = Object.entries(node.spec?.outputs ?? {}).find(([, port]) => port.wire === 'table') ?? [];
  if (table === undefined) {
    const isModel = Object.values(node.spec?.outputs ?? {}).some(
      (port) => port.wire === 'model' || port.wire === 'llm',
    );
    return { bytes: isModel ? modelBytes : smallBytes, rows: null, isKnown: false };
  }
  const columns = schemas.get(`${node.id}.${table}`)?.columns ?? [];
  const width = Math.max(
    1,
    columns.reduce((sum, c) => sum + widthOf(c), 0),
  );
  const inputs = [...instance.inputs.values()].flat().map((input) => sizes.get(input.instance.node.id)?.rows ?? 0);
  const rows = inputs.length === 0 ? readRows(sources, width) : rowsAfter(instance, inputs);
  return { bytes: Math.round(rows * width * packed), rows, isKnown: false };
}

/** A text file has about as many letters as its values have bytes; Parquet has packed them. */
const readRows = (sources: Instance['sources'], width: number): number =>
  Math.round(
    sources.reduce((sum, { path, bytes }) => sum + bytes / (/\.(parquet|pq)$/i.test(path) ? packed : 1), 0) / width,
  );

function rowsAfter({ node, inputs: wired }: Instance, inputs: readonly number[]): number {
  const most = largest(inputs);
  const many = [...wired.values()].some((list) => list.length > 1);
  const rows = rowsOf(node);
  switch (rows) {
    case 'same':
    case 'past':
      return most;
    case 'fewer':
      return Math.round(most * keptByFilter);
    case 'more':
      return most * 3;
    case 'mix':
      // Tables one under the other, beside each other, or groups of one.
      return many ? inputs.reduce((sum, n) => sum + n, 0) : inputs.length > 1 ? most : groupsOf(most);
    default:
      return unreachable(rows);
  }
}

export function widthOf({ type }: Pick<Column, 'type'>): number {
  if (/^(BOOLEAN|U?TINYINT)$/.test(type)) return 1;
  if (/^U?SMALLINT$/.test(type)) return 2;
  if (/^(U?INTEGER|FLOAT|DATE)$/.test(type)) return 4;
  if (/^(U?HUGEINT|UUID|INTERVAL)$/.test(type)) return 16;
  if (type === 'VARCHAR') return wordBytes;
  return /[[(]/.test(type) && !type.startsWith('DECIMAL') ? 8 * wordBytes : 8;
}
