/** The pipeline file: the promise that teams keep in git. See `docs/pipeline-file.md`. */
import * as z from 'zod';

/** What records are keyed by everywhere: a name that every object has from elsewhere (`constructor`) would be found where nothing was kept. */
const isOwnName = (name: string): boolean => !(name in {});
const notOwn = 'it is a name that JavaScript keeps for itself';

export const nodeId = z
  .string()
  .regex(/^[\p{L}_][\p{L}\p{N}_-]*$/u, 'a node id is one word of letters, digits, - and _, and begins with a letter')
  .max(80)
  .refine(isOwnName, notOwn);
/** Of a group or a note. */
const cardId = z.string().refine(isOwnName, notOwn);
export const portRef = z.string().regex(/^[^\s.]+\.[^\s.]+$/u);

export const runParameterTypes = ['text', 'number', 'integer', 'boolean', 'choice', 'file', 'column'] as const;
export const runParameter = z.strictObject({
  type: z.enum(runParameterTypes),
  default: z.json().optional(),
  /** Allowed values of a choice. */
  choices: z.array(z.string()).optional(),
  help: z.string().optional(),
});
export type RunParameter = z.output<typeof runParameter>;

/** Where a node or a group runs, and what its job asks for. The target is a name that each workspace knows for itself. */
export const place = z.strictObject({
  target: z.string().min(1),
  cores: z.int().min(1).optional(),
  memoryMb: z.int().min(1).optional(),
  gpus: z.int().min(0).optional(),
  minutes: z.int().min(1).optional(),
  /** In how many parts rows are computed that lie in several files. Not said: as the memory asks for. */
  partitions: z.int().min(1).max(10_000).optional(),
  partition: z.string().optional(),
  image: z.string().optional(),
  extra: z.array(z.string()).optional(),
});
export type Place = z.output<typeof place>;

export const pipelineNode = z.strictObject({
  kind: z.string().min(1),
  version: z.int().min(1).default(1),
  title: z.string().optional(),
  params: z.record(z.string(), z.json()).default({}),
  disabled: z.boolean().optional(),
  /** A person's note on the node. */
  note: z.string().optional(),
  place: place.optional(),
});
export type PipelineNode = z.output<typeof pipelineNode>;

export const pipelineGroup = z.strictObject({
  title: z.string(),
  nodes: z.array(nodeId),
  color: z.string().optional(),
  collapsed: z.boolean().optional(),
  place: place.optional(),
});
export const pipelineNote = z.strictObject({
  text: z.string(),
  at: z.tuple([z.number(), z.number()]),
  size: z.tuple([z.number(), z.number()]).optional(),
});

/** `customers.rows -> split.rows` */
export const wireText = z.string().regex(/^\S+\.\S+ -> \S+\.\S+$/u, 'a wire is written "node.port -> node.port"');

export const pipelineFile = z.strictObject({
  flowyard: z.literal(1),
  title: z.string().default(''),
  description: z.string().optional(),
  parameters: z
    .record(
      z
        .string()
        .regex(/^[\p{L}_][\p{L}\p{N}_]*$/u)
        .refine(isOwnName, notOwn),
      runParameter,
    )
    .default({}),
  nodes: z.record(nodeId, pipelineNode).default({}),
  wires: z.array(wireText).default([]),
  groups: z.record(cardId, pipelineGroup).default({}),
  notes: z.record(cardId, pipelineNote).default({}),
  layout: z.record(z.string(), z.tuple([z.number(), z.number()])).default({}),
});
export type PipelineFile = z.output<typeof pipelineFile>;

export interface WireEnd {
  node: string;
  port: string;
}
export interface WireLink {
  from: WireEnd;
  to: WireEnd;
}

export function parseWire(text: string): WireLink {
  const [from = '', to = ''] = text.split(' -> ');
  return { from: parseEnd(from), to: parseEnd(to) };
}
export const formatWire = (wire: WireLink): string =>
  `${wire.from.node}.${wire.from.port} -> ${wire.to.node}.${wire.to.port}`;

function parseEnd(text: string): WireEnd {
  const dot = text.lastIndexOf('.');
  return { node: text.slice(0, dot), port: text.slice(dot + 1) };
}
