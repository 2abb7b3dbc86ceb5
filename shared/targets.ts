/** Machines that runs can be sent to, and what became of what was sent. */
import * as z from 'zod';
import { problem } from './errors.ts';

export const targetKinds = ['local', 'ssh', 'slurm', 'ray', 'kubernetes'] as const;
export type TargetKind = (typeof targetKinds)[number];

/** The name of the place where runs are made without a remote. */
export const thisMachine = 'here';

export const targetName = z
  .string()
  .regex(/^[\p{L}\p{N}][\p{L}\p{N} ._-]{0,59}$/u, 'a name has letters, digits, spaces, ".", "_" and "-", at most 60')
  .refine((name) => name !== thisMachine, `"${thisMachine}" is this machine itself`);

/** How a remote is reached, and what its jobs ask for. No secrets: a key is a file's place, or lies in an agent. */
export const targetSettings = z.object({
  name: targetName,
  kind: z.enum(targetKinds),
  /** A name or address, or a host of the person's ssh_config. */
  host: z.string().min(1).optional(),
  port: z.int().min(1).max(65_535).optional(),
  user: z.string().min(1).optional(),
  /** Place of a private key. */
  key: z.string().min(1).optional(),
  /** Ray's dashboard, or Kubernetes' API server. */
  url: z.url({ protocol: /^https?$/ }).optional(),
  options: z.record(z.string(), z.string()).default({}),
});
export type TargetSettings = z.output<typeof targetSettings>;

/** What a job asks of its scheduler. What is not said is the scheduler's own default. */
export const jobResources = z.object({
  cores: z.int().min(1).optional(),
  memoryMb: z.int().min(1).optional(),
  gpus: z.int().min(0).optional(),
  minutes: z.int().min(1).optional(),
  partition: z.string().optional(),
  image: z.string().optional(),
  /** More words for the scheduler, as it takes them. */
  extra: z.array(z.string()).optional(),
});
export type JobResources = z.output<typeof jobResources>;

/** One line of what a test of a remote found. */
export const finding = z.object({
  what: z.string(),
  state: z.enum(['good', 'doubtful', 'bad']),
  text: z.string(),
  detail: z.string().optional(),
});
export type Finding = z.output<typeof finding>;

export const targetFacts = z.object({
  system: z.string(),
  arch: z.string(),
  cores: z.number().nullable(),
  memory_mb: z.number().nullable(),
  gpus: z.array(z.string()),
  disk_free_mb: z.number().nullable(),
  node: z.string().nullable(),
  scheduler: z.string().nullable(),
  partitions: z.array(z.object({ name: z.string(), nodes: z.number(), cores: z.number(), limit: z.string() })),
  accounting: z.boolean().nullable(),
  /** Seconds by which its clock is ahead of ours. */
  clock_s: z.number(),
  ms: z.number(),
});
export type TargetFacts = z.output<typeof targetFacts>;

export const targetRow = z.object({
  ...targetSettings.shape,
  host_key: z.string().nullable(),
  facts: targetFacts.nullable(),
  findings: z.array(finding),
  tested_ms: z.number().nullable(),
  created_ms: z.number(),
});
export type TargetRow = z.output<typeof targetRow>;

export const placementPhases = ['staging', 'submitting', 'waiting', 'running', 'unreachable', 'ended'] as const;
export type PlacementPhase = (typeof placementPhases)[number];

/** A run that was sent to a remote. */
export const placementRow = z.object({
  run: z.string(),
  target: z.string(),
  kind: z.enum(targetKinds),
  phase: z.enum(placementPhases),
  /** Why it waits, or what is being done, in words. */
  words: z.string(),
  /** What the scheduler calls it. */
  job: z.string().nullable(),
  tasks: z.int(),
  tasks_done: z.int(),
  sent_bytes: z.number(),
  fetched_bytes: z.number(),
  created_ms: z.number(),
  submitted_ms: z.number().nullable(),
  ended_ms: z.number().nullable(),
  title: z.string(),
  status: z.string(),
  problem: problem.nullable(),
});
export type PlacementRow = z.output<typeof placementRow>;
