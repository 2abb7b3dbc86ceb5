/** What the preview process answers: the part of the contract that plans and computes tables for a window to look at. */
import * as z from 'zod';
import { contract } from '../../shared/rpc/contract.ts';

/** The host has checked what a window sent, and sends it on: to read a long pipeline's schema twice would cost as much as its check. */
const checked = <I extends z.ZodType, O extends z.ZodType, K extends 'call' | 'subscribe'>({
  kind,
  output,
}: {
  kind: K;
  input: I;
  output: O;
}) => ({ kind, input: z.custom<z.output<I>>(), output });

export const previewContract = {
  'plan.check': checked(contract['plan.check']),
  'plan.expression': checked(contract['plan.expression']),
  'plan.functions': checked(contract['plan.functions']),
  'plan.code': checked(contract['plan.code']),
  'preview.open': checked(contract['preview.open']),
  'preview.page': checked(contract['preview.page']),
  'preview.profile': checked(contract['preview.profile']),
  'preview.chart': checked(contract['preview.chart']),
  'preview.thumbnails': checked(contract['preview.thumbnails']),
  'preview.close': checked(contract['preview.close']),
  'pipelines.quickStart': checked(contract['pipelines.quickStart']),
};
export type PreviewContract = typeof previewContract;

/** What crosses the pipe to the process: that, and what the host itself asks. */
export const processContract = {
  ...previewContract,
  /** An item whenever a large file's content became known behind: windows are to ask their checks again. */
  'files.read': { kind: 'subscribe' as const, input: z.object({}), output: z.object({}) },
};
export type ProcessContract = typeof processContract;

/** What the process is started with: the last of its arguments, as JSON. */
export const previewRequest = z.object({
  workspace: z.string(),
  readOnly: z.boolean(),
  /** What all its databases together may use. */
  threads: z.int().min(1),
  memoryBytes: z.number(),
});
export type PreviewRequest = z.output<typeof previewRequest>;
