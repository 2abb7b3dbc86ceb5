import { fault } from '../../shared/errors.ts';
import type { GgufValue, NumberType, TensorToWrite } from './gguf-file.ts';
import { byteLength, tensorTypes } from './tensor-types.ts';

/** Places of tensors are multiples of this, as `general.alignment` says by default. */
const alignment = 32;
const valueTypes: Readonly<Record<NumberType | 'bool' | 'string' | 'array', number>> = {
  uint8: 0,
  int8: 1,
  uint16: 2,
  int16: 3,
  uint32: 4,
  int32: 5,
  float32: 6,
  bool: 7,
  string: 8,
  array: 9,
  uint64: 10,
  int64: 11,
  float64: 12,
};

/**
 * A GGUF file of version 3 in pieces, in order: a caller writes them to a file one by one. Tensors are asked for their bytes when their turn has come.
 *
 * @throws `gguf.wrong-size` when a tensor brings more or fewer bytes than its shape says
 */
export async function* writeGguf(
  metadata: Iterable<readonly [string, GgufValue]>,
  tensors: readonly TensorToWrite[],
): AsyncGenerator<Uint8Array> {
  const head = headOf([...metadata], tensors);
  yield head;
  let at = head.length;
  for (const tensor of tensors) {
    yield padding(at);
    at = aligned(at);
    const wanted = sizeOf(tensor);
    let brought = 0;
    for await (const piece of tensor.bytes()) {
      brought += piece.length;
      yield piece;
    }
    if (brought !== wanted)
      throw fault('gguf.wrong-size', {
        message: `The tensor “${tensor.name}” brings ${brought} bytes, its shape wants ${wanted}.`,
        facts: { tensor: tensor.name, brought, wanted },
      });
    at += brought;
  }
  yield padding(at);
}

const aligned = (at: number): number => Math.ceil(at / alignment) * alignment;
const padding = (at: number): Uint8Array => new Uint8Array(aligned(at) - at);
const countOf = (shape: readonly number[]): number => shape.reduce((product, size) => product * size, 1);
const sizeOf = ({ type, shape }: TensorToWrite): number => byteLength(type, countOf(shape));

function headOf(metadata: readonly (readonly [string, GgufValue])[], tensors: readonly TensorToWrite[]): Uint8Array {
  const out = growingBytes();
  out.bytes(new TextEncoder().encode('GGUF'));
  out.number('uint32', 3);
  out.number('uint64', tensors.length);
  out.number('uint64', metadata.length);
  for (const [key, value] of metadata) {
    out.text(key);
    writeValue(out, value);
  }
  let place = 0;
  for (const tensor of tensors) {
    out.text(tensor.name);
    out.number('uint32', tensor.shape.length);
    for (const size of [...tensor.shape].reverse()) out.number('uint64', size);
    out.number('uint32', tensorTypes[tensor.type].id);
    out.number('uint64', place);
    place = aligned(place + sizeOf(tensor));
  }
  return out.done();
}

function writeValue(out: GrowingBytes, value: GgufValue): void {
  if (value.type === 'numbers' || value.type === 'bools' || value.type === 'strings') {
    out.number('uint32', valueTypes.array);
    const of = value.type === 'numbers' ? value.of : value.type === 'bools' ? 'bool' : 'string';
    out.number('uint32', valueTypes[of]);
    out.number('uint64', value.values.length);
    if (value.type === 'strings') for (const item of value.values) out.text(item);
    else if (value.type === 'bools') for (const item of value.values) out.number('uint8', item ? 1 : 0);
    else for (const item of value.values) out.number(value.of, item);
    return;
  }
  out.number('uint32', valueTypes[value.type]);
  if (value.type === 'string') out.text(value.value);
  else if (value.type === 'bool') out.number('uint8', value.value ? 1 : 0);
  else out.number(value.type, value.value);
}

interface GrowingBytes {
  bytes: (value: Uint8Array) => void;
  number: (type: NumberType, value: number) => void;
  text: (value: string) => void;
  done: () => Uint8Array;
}

function growingBytes(): GrowingBytes {
  const encoder = new TextEncoder();
  let buffer = new Uint8Array(1 << 16);
  let view = new DataView(buffer.buffer);
  let used = 0;
  const take = (bytes: number): number => {
    if (used + bytes > buffer.length) {
      const larger = new Uint8Array(Math.max(buffer.length * 2, used + bytes));
      larger.set(buffer.subarray(0, used));
      buffer = larger;
      view = new DataView(buffer.buffer);
    }
    used += bytes;
    return used - bytes;
  };
  /** Room first: growing changes the view. */
  const put = (count: number, set: (at: number) => void): void => set(take(count));
  const writers: Readonly<Record<NumberType, (value: number) => void>> = {
    uint8: (v) => put(1, (at) => view.setUint8(at, v)),
    int8: (v) => put(1, (at) => view.setInt8(at, v)),
    uint16: (v) => put(2, (at) => view.setUint16(at, v, true)),
    int16: (v) => put(2, (at) => view.setInt16(at, v, true)),
    uint32: (v) => put(4, (at) => view.setUint32(at, v, true)),
    int32: (v) => put(4, (at) => view.setInt32(at, v, true)),
    float32: (v) => put(4, (at) => view.setFloat32(at, v, true)),
    uint64: (v) => put(8, (at) => view.setBigUint64(at, BigInt(v), true)),
    int64: (v) => put(8, (at) => view.setBigInt64(at, BigInt(v), true)),
    float64: (v) => put(8, (at) => view.setFloat64(at, v, true)),
  };
  const bytes = (value: Uint8Array): void => {
    const at = take(value.length);
    buffer.set(value, at);
  };
  return {
    bytes,
    number: (type, value) => writers[type](value),
    text(value) {
      const encoded = encoder.encode(value);
      writers.uint64(encoded.length);
      bytes(encoded);
    },
    done: () => buffer.slice(0, used),
  };
}
