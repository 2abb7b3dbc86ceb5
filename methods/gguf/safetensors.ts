import * as z from 'zod';
import { fail, type FlowyardError } from '../../shared/errors.ts';
import { littleEndian } from '../onnx/protobuf-writer.ts';
import { dequantize } from './dequantize.ts';
import type { ByteSource } from './gguf-file.ts';

/** A tensor of float32 by name, slowest dimension first. */
export interface NamedTensor {
  readonly name: string;
  readonly shape: readonly number[];
  readonly values: Float32Array;
}

const entry = z.object({
  dtype: z.string(),
  shape: z.array(z.int().nonnegative()),
  data_offsets: z.tuple([z.int().nonnegative(), z.int().nonnegative()]),
});

/** Bytes of the head that any file of ours or of a known tool stays far below. */
const largestHead = 100_000_000;
const readable = { F32: 4, F16: 2, BF16: 2 } as const;
type Readable = keyof typeof readable;
const isReadable = (dtype: string): dtype is Readable => Object.hasOwn(readable, dtype);

/**
 * A safetensors file in pieces (github.com/huggingface/safetensors): the head's length as 64 bits, the head as JSON padded to eight bytes, the numbers.
 * Names are sorted, so that equal tensors give equal bytes.
 */
export function* writeSafetensors(
  tensors: readonly NamedTensor[],
  metadata: Readonly<Record<string, string>> = {},
): Generator<Uint8Array> {
  const sorted = [...tensors].sort((a, b) => (a.name < b.name ? -1 : 1));
  const head: Record<string, unknown> = Object.keys(metadata).length > 0 ? { __metadata__: metadata } : {};
  let at = 0;
  for (const { name, shape, values } of sorted) {
    head[name] = { dtype: 'F32', shape, data_offsets: [at, at + values.byteLength] };
    at += values.byteLength;
  }
  const bare = new TextEncoder().encode(JSON.stringify(head));
  const padded = new Uint8Array(8 + Math.ceil(bare.length / 8) * 8).fill(0x20);
  padded.set(bare, 8);
  new DataView(padded.buffer).setBigUint64(0, BigInt(padded.length - 8), true);
  yield padded;
  for (const { values } of sorted) yield littleEndian(values);
}

export interface SafetensorsFile {
  readonly names: readonly string[];
  shapeOf: (name: string) => readonly number[] | undefined;
  /** One tensor as float32, read when asked. F32, F16 and BF16 can be read. */
  read: (name: string) => Promise<NamedTensor>;
}

const damaged = (source: ByteSource, what: string): FlowyardError =>
  fail('safetensors.damaged', {
    message: `${source.name} is damaged: ${what}.`,
    mend: 'Fetch or copy the file again.',
  });

async function readHead(source: ByteSource): Promise<{ head: Readonly<Record<string, unknown>>; base: number }> {
  if (source.size < 8) throw damaged(source, 'it is too short');
  const start = await source.read(0, 8);
  const length = Number(new DataView(start.buffer, start.byteOffset, 8).getBigUint64(0, true));
  if (length > Math.min(source.size - 8, largestHead)) throw damaged(source, 'its head is longer than the file');
  const text = new TextDecoder().decode(await source.read(8, length));
  return { head: parseHead(source, text), base: 8 + length };
}

/** What its writer said of it, as texts by name. @throws `safetensors.damaged` */
export async function readSafetensorsMetadata(source: ByteSource): Promise<Readonly<Record<string, string>>> {
  const { head } = await readHead(source);
  return z
    .record(z.string(), z.string())
    .catch({})
    .parse(head['__metadata__'] ?? {});
}

/** @throws `safetensors.damaged` */
export async function readSafetensors(source: ByteSource): Promise<SafetensorsFile> {
  const { head, base } = await readHead(source);
  const entries = new Map<string, z.output<typeof entry>>();
  for (const [name, value] of Object.entries(head)) {
    if (name === '__metadata__') continue;
    const tensor = entry.safeParse(value);
    if (!tensor.success) throw damaged(source, `the description of “${name}” is not one of a tensor`);
    entries.set(name, tensor.data);
  }
  return {
    names: [...entries.keys()],
    shapeOf: (name) => entries.get(name)?.shape,
    async read(name) {
      const found = entries.get(name);
      if (!found) throw damaged(source, `it has no tensor “${name}”`);
      const { shape, dtype } = found;
      const count = shape.reduce((product, size) => product * size, 1);
      const [from, to] = found.data_offsets;
      if (!isReadable(dtype)) throw damaged(source, `“${name}” is of the type ${dtype}; F32, F16 and BF16 can be read`);
      if (to - from !== count * readable[dtype] || base + to > source.size)
        throw damaged(source, `“${name}” has a wrong place`);
      return { name, shape, values: dequantize(dtype, await source.read(base + from, to - from), count) };
    },
  };
}

function parseHead(source: ByteSource, text: string): Readonly<Record<string, unknown>> {
  let head: unknown;
  try {
    head = JSON.parse(text);
  } catch {
    throw damaged(source, 'its head is no JSON');
  }
  const parsed = z.record(z.string(), z.unknown()).safeParse(head);
  if (!parsed.success) throw damaged(source, 'its head is no list of tensors');
  return parsed.data;
}
