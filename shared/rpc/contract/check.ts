/** What a check of a pipeline answers: problems, schemas, which results are there, and what a run would compute. */
import * as z from 'zod';
import { problem } from '../../errors.ts';
import { movedResult, outputFact } from '../../run/run-events.ts';
import { tableSchema } from '../../wires.ts';

/** Whether a node's result on disk is what a run would give now. */
export const freshness = z.object({
  state: z.enum(['fresh', 'stale', 'never']),
  /** Why it would run, in one sentence: "Trees changed from 300 to 400". */
  reason: z.string().optional(),
  outputs: z.array(outputFact),
  /** How long it took the last time. */
  ms: z.number().optional(),
  run: z.string().optional(),
});
export const checkResult = z.object({
  problems: z.array(problem),
  /** `node.port` → schema. */
  schemas: z.record(z.string(), tableSchema),
  nodes: z.record(
    z.string(),
    z.object({ key: z.string().nullable(), freshness, summary: z.string(), unknownKind: z.boolean() }),
  ),
  plan: z.object({
    compute: z.array(z.string()),
    total: z.number(),
    estimate_ms: z.number().nullable(),
    /** Nodes whose rows lie in several files: how many parts they are computed in, or why by one query. */
    parts: z.array(z.object({ node: z.string(), parts: z.int(), text: z.string() })),
    /** Of a part that is placed on a target: what would go there and come back. */
    placed: z.object({ target: z.string(), there: z.array(z.string()), moves: z.array(movedResult) }).nullable(),
  }),
});
export type CheckResult = z.output<typeof checkResult>;
/** A check, or what of it is other than in the answer `since`: `wholeAnswer` puts both together. */
export const checkAnswer = checkResult.extend({
  /** Names this answer. */
  answer: z.string(),
  since: z.string().optional(),
  gone: z.object({ schemas: z.array(z.string()), nodes: z.array(z.string()) }).optional(),
});
export type CheckAnswer = z.output<typeof checkAnswer>;
