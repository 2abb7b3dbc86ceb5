import * as z from 'zod';
import type { SentenceEncoder } from '../../../shared/media/text-service.ts';
import { defineFunction } from '../batch-function.ts';

/** The vector of a text by the encoder whose files the step came with, as DuckDB writes a list. */
export const batchFunction = defineFunction({
  version: 1,
  settings: z.object({
    pool: z.enum(['auto', 'mean', 'first']),
    normalise: z.boolean(),
    prefix: z.string(),
    /** Its path among the files. */
    network: z.string(),
  }),
  columns: () => [{ name: 'embedding', type: 'FLOAT[]' }],
  open: ({ network, ...settings }, { texts, files, threads }) => {
    let opening: Promise<SentenceEncoder> | undefined;
    return {
      compute: async (asked, { signal = new AbortController().signal, progress }) => {
        if (asked.length === 0) return [];
        opening ??= texts.openEncoder(files, { file: network, threads });
        const { size, values } = await (
          await opening
        ).encode(asked, { ...settings, signal, progress: (done) => progress?.(done / asked.length) });
        return asked.map((_, i) => [vectorText(values.subarray(i * size, (i + 1) * size))]);
      },
      close: async () => {
        await (await opening?.catch(() => undefined))?.close();
      },
    };
  },
});

export const vectorText = (vector: Float32Array): string => `[${vector.join(',')}]`;
