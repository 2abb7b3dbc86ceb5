/** Reads the protobuf wire format, field by field: as much as it takes to carry parts of a foreign file into one of ours. */

export type ProtobufField =
  | { field: number; kind: 'integer'; value: bigint }
  | { field: number; kind: 'fixed'; value: Uint8Array }
  | { field: number; kind: 'bytes'; value: Uint8Array };

/** @throws RangeError where the bytes end too early or are no protobuf */
export function* fieldsOf(bytes: Uint8Array): Generator<ProtobufField> {
  let at = 0;
  const varint = (): bigint => {
    let value = 0n;
    for (let shift = 0n; ; shift += 7n) {
      const byte = bytes[at++];
      if (byte === undefined || shift > 63n) throw new RangeError('the file is cut off');
      value |= BigInt(byte & 127) << shift;
      if (byte < 128) return BigInt.asIntN(64, value);
    }
  };
  const take = (size: number): Uint8Array => {
    if (at + size > bytes.length) throw new RangeError('the file is cut off');
    at += size;
    return bytes.subarray(at - size, at);
  };
  while (at < bytes.length) {
    const tag = Number(varint());
    const field = Math.floor(tag / 8);
    switch (tag % 8) {
      case 0:
        yield { field, kind: 'integer', value: varint() };
        break;
      case 1:
        yield { field, kind: 'fixed', value: take(8) };
        break;
      case 2:
        yield { field, kind: 'bytes', value: take(Number(varint())) };
        break;
      case 5:
        yield { field, kind: 'fixed', value: take(4) };
        break;
      default:
        throw new RangeError('the file is no protobuf');
    }
  }
}

const decoder = new TextDecoder();
/** All values of a field that holds texts or messages. */
export const bytesOf = (message: Uint8Array, field: number): Uint8Array[] =>
  [...fieldsOf(message)].flatMap((f) => (f.field === field && f.kind === 'bytes' ? [f.value] : []));
export const textsOf = (message: Uint8Array, field: number): string[] =>
  bytesOf(message, field).map((value) => decoder.decode(value));
export const textOf = (message: Uint8Array, field: number): string => textsOf(message, field).at(-1) ?? '';
export const integerOf = (message: Uint8Array, field: number): number | undefined => {
  const found = [...fieldsOf(message)].findLast((f) => f.field === field && f.kind === 'integer');
  return found?.kind === 'integer' ? Number(found.value) : undefined;
};
/** A repeated integer field, packed or not. */
export const integersOf = (message: Uint8Array, field: number): number[] =>
  [...fieldsOf(message)].flatMap((f) => {
    if (f.field !== field) return [];
    return f.kind === 'integer' ? [Number(f.value)] : f.kind === 'bytes' ? unpacked(f.value) : [];
  });

function unpacked(bytes: Uint8Array): number[] {
  const out: number[] = [];
  let value = 0n;
  let shift = 0n;
  for (const byte of bytes) {
    value |= BigInt(byte & 127) << shift;
    shift += 7n;
    if (byte >= 128) continue;
    out.push(Number(BigInt.asIntN(64, value)));
    [value, shift] = [0n, 0n];
  }
  return out;
}
