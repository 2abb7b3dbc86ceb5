/** What has to be sent with a run: written by the process that plans it, read by the host. */
import * as z from 'zod';
import { sizedNode } from '../../plan/plan-cut.ts';
import { runRequest } from '../../../shared/run/runner-protocol.ts';

const blob = z.object({ sha256: z.string(), bytes: z.number(), from: z.string(), name: z.string() });

export const shipping = z.object({
  /** Files, by content. */
  blobs: z.array(blob),
  /** The sources as the remote's request names them. */
  staged: runRequest.shape.staged.unwrap(),
  /** Results that are here and that what is computed reads. */
  artifacts: z.array(z.string()),
  kinds: z.array(z.string()),
  /** Nodes that will be computed; none: all is here already. */
  compute: z.array(z.string()),
  trials: z.int(),
  /** Instances that can be computed side by side before the rest: the folds of a cross-validation. */
  folds: z.array(z.array(z.string())),
  /** Parts of rows, each by its instance and the key of what it makes: computed side by side, and put together there. */
  parts: z.array(z.object({ id: z.string(), key: z.string() })),
  /** Of a run of which part is placed there: what could be computed on either side, and what would move. */
  sized: z.array(sizedNode),
  /** How many parts rows are computed in, settled: the plan there is the same. */
  partitions: z.int(),
  /** Of the largest table in several files. */
  tableBytes: z.number(),
  /** Sources that lie on the remote, as the pipeline names them: they are listed there. */
  there: z.array(z.object({ name: z.string(), path: z.string(), endings: z.array(z.string()) })),
});
export type Shipping = z.output<typeof shipping>;
