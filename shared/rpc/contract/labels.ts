/** Labels that people give to rows, kept in a file beside the pipeline (`nodes/clean/label`). */
import * as z from 'zod';
import { call } from './call.ts';

/** `pipeline`: where it is saved, null for one that never was. `file`: relative to it. */
const labelFile = z.object({ pipeline: z.string().nullable(), file: z.string() });
export const labelChange = z.object({ key: z.string().min(1), label: z.string().nullable() });
export type LabelChange = z.output<typeof labelChange>;

export const labelContract = {
  /** By key. A file that is not there has none. */
  'labels.read': call(labelFile, z.object({ labels: z.record(z.string(), z.string()) })),
  /** Writes changes into the file as it is now, whole and sorted, and gives how many rows have a label. Null takes a label away. Makes the file. */
  'labels.write': call(
    labelFile.extend({ changes: z.array(labelChange).max(100_000) }),
    z.object({ labelled: z.int() }),
  ),
} as const;
