/**
 * Writes the protobuf wire format (https://protobuf.dev/programming-guides/encoding). Small fields are gathered in one growing buffer; long byte
 * strings are kept as references until the end, so that a big tensor is never copied on its way into a file.
 */
export interface ProtobufWriter {
  /** An int32, int64, bool or enum field. */
  integer(field: number, value: number | bigint): void;
  float(field: number, value: number): void;
  text(field: number, value: string): void;
  bytes(field: number, value: Uint8Array): void;
  message(field: number, value: ProtobufWriter): void;
  /** A packed repeated int64 field. */
  integers(field: number, values: ArrayLike<number | bigint>): void;
  /** A packed repeated float field. */
  floats(field: number, values: ArrayLike<number>): void;
  /** Bytes so far. */
  readonly size: number;
  /** The message in pieces, in order. */
  chunks(): readonly Uint8Array[];
}

/** Longer byte strings are referenced and not copied. */
const copyBelow = 4096;

export function protobufWriter(): ProtobufWriter {
  const done: Uint8Array[] = [];
  let doneSize = 0;
  let buffer = new Uint8Array(256);
  let used = 0;
  const encoder = new TextEncoder();

  const reserve = (more: number): void => {
    if (used + more <= buffer.length) return;
    const larger = new Uint8Array(Math.max(buffer.length * 2, used + more));
    larger.set(buffer.subarray(0, used));
    buffer = larger;
  };
  const varint = (value: number | bigint): void => {
    reserve(10);
    used = writeVarint(buffer, used, value);
  };
  const tag = (field: number, wireType: number): void => varint(field * 8 + wireType);
  const append = (value: Uint8Array): void => {
    if (value.length < copyBelow) {
      reserve(value.length);
      buffer.set(value, used);
      used += value.length;
      return;
    }
    if (used > 0) done.push(buffer.slice(0, used));
    done.push(value);
    doneSize += used + value.length;
    used = 0;
  };
  const bytes = (field: number, value: Uint8Array): void => {
    tag(field, 2);
    varint(value.length);
    append(value);
  };

  return {
    integer(field, value) {
      tag(field, 0);
      varint(value);
    },
    float(field, value) {
      tag(field, 5);
      append(littleEndian(Float32Array.of(value)));
    },
    text: (field, value) => bytes(field, encoder.encode(value)),
    bytes,
    message(field, value) {
      tag(field, 2);
      varint(value.size);
      for (const chunk of value.chunks()) append(chunk);
    },
    integers: (field, values) => bytes(field, packVarints(values)),
    floats: (field, values) =>
      bytes(field, littleEndian(values instanceof Float32Array ? values : Float32Array.from(values))),
    get size() {
      return doneSize + used;
    },
    chunks: () => (used > 0 ? [...done, buffer.slice(0, used)] : done),
  };
}

/** All pieces in one array. */
export function joinChunks(chunks: readonly Uint8Array[]): Uint8Array<ArrayBuffer> {
  const joined = new Uint8Array(chunks.reduce((sum, chunk) => sum + chunk.length, 0));
  let at = 0;
  for (const chunk of chunks) {
    joined.set(chunk, at);
    at += chunk.length;
  }
  return joined;
}

/** Writes a two's complement 64-bit integer; returns the place behind it. */
function writeVarint(into: Uint8Array, at: number, value: number | bigint): number {
  if (typeof value === 'number' && value >= 0 && value < 2 ** 31) {
    let rest = value;
    while (rest > 127) {
      into[at++] = (rest & 127) | 128;
      rest >>>= 7;
    }
    into[at++] = rest;
    return at;
  }
  let rest = BigInt.asUintN(64, BigInt(value));
  while (rest > 127n) {
    into[at++] = Number(rest & 127n) | 128;
    rest >>= 7n;
  }
  into[at++] = Number(rest);
  return at;
}

function packVarints(values: ArrayLike<number | bigint>): Uint8Array {
  let packed = new Uint8Array(values.length * 2 + 16);
  let used = 0;
  for (let i = 0; i < values.length; i++) {
    if (used + 10 > packed.length) {
      const larger = new Uint8Array(packed.length * 2);
      larger.set(packed);
      packed = larger;
    }
    used = writeVarint(packed, used, values[i] ?? 0);
  }
  return packed.subarray(0, used);
}

const isLittleEndian = new Uint8Array(Uint16Array.of(1).buffer)[0] === 1;

/** The bytes of the numbers, lowest first; a view where the machine already has them so. */
export function littleEndian(
  values: Float32Array | Float64Array | BigInt64Array | Int32Array | Uint16Array,
): Uint8Array {
  const bytes = new Uint8Array(values.buffer, values.byteOffset, values.byteLength);
  if (isLittleEndian) return bytes;
  const turned = new Uint8Array(bytes.length);
  const size = values.BYTES_PER_ELEMENT;
  for (let i = 0; i < bytes.length; i++) turned[i] = bytes[i - (i % size) + size - 1 - (i % size)] ?? 0;
  return turned;
}
