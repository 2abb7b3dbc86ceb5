import { fail } from '../../shared/errors.ts';
import type { TensorType } from './tensor-types.ts';

/** A file, or any other row of bytes, that is read in pieces. */
export interface ByteSource {
  /** For messages. */
  readonly name: string;
  readonly size: number;
  /** Exactly `length` bytes from `at`; rejects when there are fewer. */
  read: (at: number, length: number) => Promise<Uint8Array>;
}

export type NumberType =
  | 'uint8'
  | 'int8'
  | 'uint16'
  | 'int16'
  | 'uint32'
  | 'int32'
  | 'float32'
  | 'uint64'
  | 'int64'
  | 'float64';

/** A value of the file's metadata, with the type that it is stored as. Arrays of arrays do not occur in models and are refused. */
export type GgufValue =
  | { readonly type: NumberType; readonly value: number }
  | { readonly type: 'bool'; readonly value: boolean }
  | { readonly type: 'string'; readonly value: string }
  | { readonly type: 'numbers'; readonly of: NumberType; readonly values: readonly number[] }
  | { readonly type: 'bools'; readonly values: readonly boolean[] }
  | { readonly type: 'strings'; readonly values: readonly string[] };

export interface GgufTensor {
  readonly name: string;
  /** A name of `tensorTypes`, or that of a type which cannot be read here. */
  readonly type: string;
  /** Slowest dimension first, as in NumPy: a weight is [out, in]. */
  readonly shape: readonly number[];
  readonly count: number;
  /** Where its bytes begin in the file. */
  readonly at: number;
}

/** What stands in front of the numbers: metadata and the list of tensors. */
export interface GgufFile {
  readonly version: number;
  readonly metadata: ReadonlyMap<string, GgufValue>;
  readonly tensors: ReadonlyMap<string, GgufTensor>;
  readonly architecture: string;
}

/** A tensor that a writer is given: its bytes are asked for when their turn has come. */
export interface TensorToWrite {
  readonly name: string;
  readonly type: TensorType;
  readonly shape: readonly number[];
  /** `byteLength(type, count)` bytes in all, in any pieces. */
  readonly bytes: () => Iterable<Uint8Array> | AsyncIterable<Uint8Array>;
}

export function textOf(file: Pick<GgufFile, 'metadata'>, key: string): string | undefined {
  const found = file.metadata.get(key);
  return found?.type === 'string' ? found.value : undefined;
}

export function numberOf(file: Pick<GgufFile, 'metadata'>, key: string): number | undefined {
  const found = file.metadata.get(key);
  return typeof found !== 'undefined' && 'value' in found && typeof found.value === 'number' ? found.value : undefined;
}

export function flagOf(file: Pick<GgufFile, 'metadata'>, key: string): boolean | undefined {
  const found = file.metadata.get(key);
  return found?.type === 'bool' ? found.value : undefined;
}

export function textsOf(file: Pick<GgufFile, 'metadata'>, key: string): readonly string[] | undefined {
  const found = file.metadata.get(key);
  return found?.type === 'strings' ? found.values : undefined;
}

export function numbersOf(file: Pick<GgufFile, 'metadata'>, key: string): readonly number[] | undefined {
  const found = file.metadata.get(key);
  return found?.type === 'numbers' ? found.values : undefined;
}

/** The number, or a failure that names the key. @throws `gguf.missing-key` */
export function requireNumber(file: Pick<GgufFile, 'metadata'>, key: string): number {
  const value = numberOf(file, key);
  if (value !== undefined) return value;
  throw fail('gguf.missing-key', {
    message: `The model file does not say “${key}”.`,
    mend: 'Use another conversion of this model.',
    facts: { key },
  });
}
