/** One computation of a plan: a node, at one place of its axes, with the key of its result. */
import type { Problem } from '../../shared/errors.ts';
import { originOf, type Coordinates, type PlanNode } from './graph.ts';
import type { Recipe } from './keys.ts';
import type { PartedNode } from './parted-node.ts';
import type { FoundSource } from '../sources/found-source.ts';

export interface InstanceInput {
  instance: Instance;
  port: string;
  /** The wire comes straight from a Split by folds: its marks are read for this fold. */
  fold?: { tag: string; expanding: boolean };
  /** Its columns, and none of its rows: they belong to another part. */
  none?: true;
}
export interface Instance {
  /** `boosting`, `boosting[fold 2]`. */
  id: string;
  node: PlanNode;
  coordinates: Coordinates;
  /** Gathers the folds of an evaluation, or of predictions. */
  merges?: readonly Instance[];
  /** Of its rows, only those that its fold holds out are asked for. */
  heldOut?: true;
  /** It gives what the whole is made from, not the node's own rows. */
  partial?: true;
  /** The whole comes from these. */
  parted?: { parts: readonly Instance[]; form: PartedNode['form'] };
  /** Null where something before it is wrong. */
  key: string | null;
  recipe: Recipe | null;
  inputs: ReadonlyMap<string, readonly InstanceInput[]>;
  sources: readonly FoundSource[];
  problem?: Problem;
}

/** Its place beside that of its node: a fold, a part. */
export const ownCoordinates = ({ node, coordinates }: Instance): Coordinates =>
  node.copy === undefined
    ? coordinates
    : Object.fromEntries(Object.entries(coordinates).filter(([axis]) => node.copy?.coordinates[axis] === undefined));

/** What the same computation is called without the copies that its node stands among. */
export const originalName = ({ id, node }: Instance): string => `${originOf(node)}${id.slice(node.id.length)}`;
