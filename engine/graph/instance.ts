/** One computation of a plan: a node, at one place of its axes, with the key of its result. */
import type { Problem } from '../../shared/errors.ts';
import type { PlanNode } from './graph.ts';
import type { Recipe } from './keys.ts';
import type { PartedNode } from './parted-node.ts';
import type { FoundSource } from '../sources/found-source.ts';

/** Where a computation stands on the axes of its plan (`engine/plan/axes/`): `{ fold: 'fold 2' }`, `{ part: '3 of 12' }`; empty where it stands once. */
export type Coordinates = Readonly<Record<string, string>>;

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
