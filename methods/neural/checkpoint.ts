/** A training's state as bytes: a header in JSON, then arrays of float32, lowest byte first. The same state gives the same bytes. */
import * as z from 'zod';

const magic = 'flowyard-training-1\n';
const header = z.object({
  /** What is trained, on what, how: a checkpoint of another job is no use. */
  job: z.string(),
  facts: z.json(),
  arrays: z.array(z.object({ name: z.string(), length: z.number().int().min(0) })),
});
export interface Checkpoint {
  job: string;
  /** Plain data. */
  facts: z.output<ReturnType<typeof z.json>>;
  arrays: ReadonlyMap<string, Float32Array>;
}

export function writeCheckpoint({ job, facts, arrays }: Checkpoint): Uint8Array {
  const list = [...arrays].map(([name, values]) => ({ name, length: values.length }));
  const head = new TextEncoder().encode(`${magic}${JSON.stringify({ job, facts, arrays: list })}\n`);
  const begin = Math.ceil(head.length / 4) * 4;
  const bytes = new Uint8Array(begin + 4 * list.reduce((sum, a) => sum + a.length, 0)).fill(32, head.length, begin);
  bytes.set(head);
  let at = begin;
  for (const values of arrays.values()) {
    bytes.set(new Uint8Array(values.buffer, values.byteOffset, values.byteLength), at);
    at += values.byteLength;
  }
  return bytes;
}

/** `undefined` where the bytes are no checkpoint, are cut off, or belong to another job. */
export function readCheckpoint(bytes: Uint8Array, job: string): Checkpoint | undefined {
  const decoder = new TextDecoder();
  if (decoder.decode(bytes.subarray(0, magic.length)) !== magic) return undefined;
  const end = bytes.indexOf(10, magic.length);
  if (end < 0) return undefined;
  const parsed = header.safeParse(parse(decoder.decode(bytes.subarray(magic.length, end))));
  if (!parsed.success || parsed.data.job !== job) return undefined;
  let at = Math.ceil((end + 1) / 4) * 4;
  const arrays = new Map<string, Float32Array>();
  for (const { name, length } of parsed.data.arrays) {
    if (at + length * 4 > bytes.length) return undefined;
    arrays.set(name, new Float32Array(bytes.slice(at, at + length * 4).buffer));
    at += length * 4;
  }
  return { job, facts: parsed.data.facts, arrays };
}
function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
