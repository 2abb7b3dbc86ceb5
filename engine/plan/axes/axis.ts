/** What it takes to be an axis: something along which a node is computed several times. Where they stand: `axes.ts`. */
import type { AnyRun } from '../../../shared/capabilities.ts';
import type { Problem } from '../../../shared/errors.ts';
import type { Graph, PlanNode } from '../../graph/graph.ts';
import type { Instance, InstanceInput } from '../../graph/instance.ts';
import type { PipelineFile } from '../../../shared/pipeline/file.ts';
import type { FoundSource } from '../../sources/found-source.ts';
import type { SweepAxis, Trial } from './trial/trials.ts';

export interface Axis {
  /** Its name among the coordinates of an instance. */
  name: string;
  /** A value as part of an instance's name: `fold 2`. */
  label: (value: string) => string;
  /** Before there is a plan: a node with other settings or other wires is another node, and so is what follows it. */
  multiply?: (graph: Graph, wish: GraphWish) => Graph;
  /** In the plan: the same node on other rows. Undefined: it does nothing in this graph, or nobody asked for it. */
  find?: (graph: Graph, facts: AxisFacts) => Promise<Expansion | undefined>;
}

/** What a run asks of its graph. */
export interface GraphWish {
  build: (file: PipelineFile) => Graph;
  sweep: readonly SweepAxis[];
  trials: readonly Trial[];
}

/** What the axes are told of a plan before it is made. */
export interface AxisFacts {
  /** Rows that lie in several files may be computed in parts. Undefined: they may not. */
  parts: PartsWish | undefined;
  /** What axes before this one multiply. */
  outer: readonly Expansion[];
  loadRun: (kind: string) => Promise<AnyRun>;
  sourcesOf: (node: PlanNode) => Promise<FoundSource[]>;
  report: (problem: Problem) => void;
}

export interface PartsWish {
  /** How many; undefined: as many as the memory asks for. */
  wanted: number | undefined;
  memoryBytes: number;
  /** The run ends here. */
  to: string | null;
}

export interface Expansion {
  axis: string;
  /** The places of a node on this axis, in the order in which they are computed. No value: all of its rows at once. Undefined: the node is not on it. */
  placesOf: (node: string) => readonly Place[] | undefined;
  /** What a wire to this place brings: its source at the same place, a view of it, or what stands for it. */
  input: (input: InstanceInput, wire: Wire, place: Place, known: KnownInstances) => InstanceInput;
  /** What is computed at this place beside the node itself. */
  own?: (sources: readonly FoundSource[], node: PlanNode, place: Place) => PlaceFacts;
  /** Where it ends: what stands for the node to those that are not on the axis. One of those that were made, the like of one (it takes its place), or another. */
  end: (node: PlanNode, made: readonly Instance[]) => Instance;
}

export type Place = string | undefined;
export interface Wire {
  consumer: PlanNode;
  port: string;
}
export type PlaceFacts = Pick<Instance, 'heldOut' | 'partial'> & { sources?: readonly FoundSource[] };

export interface KnownInstances {
  /** The instance of the same node at another place of an axis. */
  at: (instance: Instance, axis: string, value: string) => Instance | undefined;
}
