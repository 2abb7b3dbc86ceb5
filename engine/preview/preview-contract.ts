/** What the preview process answers: the part of the contract that plans and computes tables for a window to look at. */
import * as z from 'zod';
import { contract } from '../../shared/rpc/contract.ts';

export const previewContract = {
  'plan.check': contract['plan.check'],
  'plan.expression': contract['plan.expression'],
  'plan.functions': contract['plan.functions'],
  'plan.code': contract['plan.code'],
  'preview.open': contract['preview.open'],
  'preview.page': contract['preview.page'],
  'preview.profile': contract['preview.profile'],
  'preview.chart': contract['preview.chart'],
  'preview.thumbnails': contract['preview.thumbnails'],
  'preview.close': contract['preview.close'],
  'pipelines.quickStart': contract['pipelines.quickStart'],
};
export type PreviewContract = typeof previewContract;

/** What the process is started with: the last of its arguments, as JSON. */
export const previewRequest = z.object({
  workspace: z.string(),
  readOnly: z.boolean(),
  /** What all its databases together may use. */
  threads: z.int().min(1),
  memoryBytes: z.number(),
});
export type PreviewRequest = z.output<typeof previewRequest>;
