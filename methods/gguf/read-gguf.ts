import { fail, type FlowyardError } from '../../shared/errors.ts';
import { dequantize } from './dequantize.ts';
import type { ByteSource, GgufFile, GgufTensor, GgufValue, NumberType } from './gguf-file.ts';
import { byteLength, isTensorType, tensorTypeName, tensorTypes } from './tensor-types.ts';

/**
 * Reads what stands in front of a GGUF file's numbers (versions 2 and 3, little-endian: github.com/ggml-org/ggml, docs/gguf.md). The numbers themselves
 * are read tensor by tensor with `readTensor`, so that a file larger than memory is no problem.
 *
 * @throws `gguf.not-gguf`, `gguf.version`, `gguf.damaged`
 */
export async function readGguf(source: ByteSource): Promise<GgufFile> {
  // The size of the head is known only at its end: a model's vocabulary takes some MiB of it.
  for (let length = Math.min(source.size, 1 << 20); ; length = Math.min(source.size, length * 4)) {
    const head = await source.read(0, length);
    const parsed = parseHead(source, new DataView(head.buffer, head.byteOffset, head.byteLength));
    if (parsed !== undefined) return parsed;
    if (length === source.size) throw damaged(source, 'it ends within its own description');
  }
}

/** One tensor's numbers. @throws `gguf.tensor-type` for a quantisation that is not read here, `gguf.no-tensor` */
export async function readTensor(source: ByteSource, file: GgufFile, name: string): Promise<Float32Array<ArrayBuffer>> {
  const tensor = requireTensor(file, name);
  return readRows(source, tensor, 0, tensor.count);
}

/** A part of a tensor's numbers, from number `from` on; both a multiple of the type's block. */
export async function readRows(
  source: ByteSource,
  tensor: GgufTensor,
  from: number,
  count: number,
): Promise<Float32Array<ArrayBuffer>> {
  const { type } = tensor;
  if (!isTensorType(type)) throw unreadableType(tensor);
  const at = tensor.at + byteLength(type, from);
  return dequantize(type, await source.read(at, byteLength(type, count)), count);
}

export function requireTensor(file: GgufFile, name: string): GgufTensor {
  const tensor = file.tensors.get(name);
  if (tensor) return tensor;
  throw fail('gguf.no-tensor', {
    message: `The model file has no tensor “${name}”.`,
    mend: 'Use another conversion of this model.',
    facts: { tensor: name },
  });
}

export const unreadableType = (tensor: GgufTensor): FlowyardError =>
  fail('gguf.tensor-type', {
    message: `The tensor “${tensor.name}” is stored as ${tensor.type}, which cannot be read for training.`,
    mend: `Use a file with one of these: ${Object.keys(tensorTypes).join(', ')}.`,
    facts: { tensor: tensor.name, type: tensor.type },
  });

const damaged = (source: ByteSource, what: string): FlowyardError =>
  fail('gguf.damaged', {
    message: `${source.name} is damaged: ${what}.`,
    mend: 'Fetch or copy the file again.',
  });

const numberTypes: readonly (NumberType | undefined)[] = [
  'uint8',
  'int8',
  'uint16',
  'int16',
  'uint32',
  'int32',
  'float32',
  undefined,
  undefined,
  undefined,
  'uint64',
  'int64',
  'float64',
];
const boolType = 7;
const stringType = 8;
const arrayType = 9;

/** The head ended before all was read: more bytes are needed. */
class Short extends Error {}

function parseHead(source: ByteSource, view: DataView): GgufFile | undefined {
  try {
    return parseWhole(source, cursorOf(source, view));
  } catch (problem) {
    if (problem instanceof Short) return undefined;
    throw problem;
  }
}

interface Cursor {
  readonly at: number;
  number: (type: NumberType) => number;
  text: () => string;
  /** A number of things to come, each at least `bytesEach` long: more than the file has room for is damage. */
  count: (bytesEach: number) => number;
}

function cursorOf(source: ByteSource, view: DataView): Cursor {
  // A vocabulary may hold the byte order mark as a token.
  const decoder = new TextDecoder('utf-8', { ignoreBOM: true });
  let at = 0;
  const take = (bytes: number): number => {
    if (at + bytes > view.byteLength) throw new Short();
    at += bytes;
    return at - bytes;
  };
  const whole = (value: bigint): number => {
    const number = Number(value);
    if (!Number.isSafeInteger(number)) throw damaged(source, `${value} is too large a number`);
    return number;
  };
  const readers: Readonly<Record<NumberType, () => number>> = {
    uint8: () => view.getUint8(take(1)),
    int8: () => view.getInt8(take(1)),
    uint16: () => view.getUint16(take(2), true),
    int16: () => view.getInt16(take(2), true),
    uint32: () => view.getUint32(take(4), true),
    int32: () => view.getInt32(take(4), true),
    float32: () => view.getFloat32(take(4), true),
    uint64: () => whole(view.getBigUint64(take(8), true)),
    int64: () => whole(view.getBigInt64(take(8), true)),
    float64: () => view.getFloat64(take(8), true),
  };
  const number = (type: NumberType): number => readers[type]();
  const count = (bytesEach: number): number => {
    const many = number('uint64');
    if (many * bytesEach > source.size - at)
      throw damaged(source, `it announces ${many} things and has no room for them`);
    return many;
  };
  const text = (): string => {
    const length = count(1);
    const from = take(length);
    return decoder.decode(new Uint8Array(view.buffer, view.byteOffset + from, length));
  };
  return {
    get at() {
      return at;
    },
    number,
    text,
    count,
  };
}

function parseWhole(source: ByteSource, cursor: Cursor): GgufFile {
  // "GGUF"
  if (source.size < 24 || cursor.number('uint32') !== 0x4655_4747)
    throw fail('gguf.not-gguf', {
      message: `${source.name} is not a GGUF file.`,
      mend: 'Choose a file that ends in .gguf.',
    });
  const version = cursor.number('uint32');
  if (version !== 2 && version !== 3)
    throw fail('gguf.version', {
      message: `${source.name} is of GGUF version ${version > 65_535 ? 'big-endian' : version}; versions 2 and 3 can be read.`,
      mend: 'Convert the model anew.',
    });
  const tensorCount = cursor.count(24);
  const valueCount = cursor.count(12);
  const metadata = new Map<string, GgufValue>();
  for (let i = 0; i < valueCount; i++) {
    const key = cursor.text();
    metadata.set(key, readValue(source, cursor, key));
  }
  const listed = Array.from({ length: tensorCount }, () => readTensorInfo(source, cursor));
  const alignment = numberAt(metadata, 'general.alignment') ?? 32;
  const start = Math.ceil(cursor.at / alignment) * alignment;
  const tensors = new Map(listed.map((tensor) => [tensor.name, { ...tensor, at: tensor.at + start }]));
  for (const tensor of tensors.values()) checkPlace(source, tensor);
  const architecture = metadata.get('general.architecture');
  return { version, metadata, tensors, architecture: architecture?.type === 'string' ? architecture.value : '' };
}

function numberAt(metadata: ReadonlyMap<string, GgufValue>, key: string): number | undefined {
  const found = metadata.get(key);
  return found && 'value' in found && typeof found.value === 'number' && found.value > 0 ? found.value : undefined;
}

function readValue(source: ByteSource, cursor: Cursor, key: string): GgufValue {
  const type = cursor.number('uint32');
  if (type === stringType) return { type: 'string', value: cursor.text() };
  if (type === boolType) return { type: 'bool', value: cursor.number('uint8') !== 0 };
  if (type === arrayType) return readArray(source, cursor, key);
  const of = numberTypes[type];
  if (of === undefined) throw damaged(source, `“${key}” is of the unknown type ${type}`);
  return { type: of, value: cursor.number(of) };
}

function readArray(source: ByteSource, cursor: Cursor, key: string): GgufValue {
  const type = cursor.number('uint32');
  if (type === stringType)
    return { type: 'strings', values: Array.from({ length: cursor.count(8) }, () => cursor.text()) };
  if (type === boolType)
    return { type: 'bools', values: Array.from({ length: cursor.count(1) }, () => cursor.number('uint8') !== 0) };
  const of = numberTypes[type];
  if (of === undefined) throw damaged(source, `the list “${key}” is of the unknown type ${type}`);
  return { type: 'numbers', of, values: Array.from({ length: cursor.count(1) }, () => cursor.number(of)) };
}

function readTensorInfo(source: ByteSource, cursor: Cursor): GgufTensor {
  const name = cursor.text();
  const dimensions = cursor.number('uint32');
  if (dimensions > 8) throw damaged(source, `the tensor “${name}” has ${dimensions} dimensions`);
  const shape = Array.from({ length: dimensions }, () => cursor.number('uint64')).reverse();
  const count = shape.reduce((product, size) => product * size, 1);
  if (!Number.isSafeInteger(count)) throw damaged(source, `the tensor “${name}” is too large`);
  return { name, shape, count, type: tensorTypeName(cursor.number('uint32')), at: cursor.number('uint64') };
}

function checkPlace(source: ByteSource, { name, type, count, shape, at }: GgufTensor): void {
  if (!isTensorType(type)) return;
  if ((shape.at(-1) ?? 1) % tensorTypes[type].values !== 0)
    throw damaged(source, `rows of the tensor “${name}” are no whole blocks of ${type}`);
  if (at + byteLength(type, count) > source.size)
    throw damaged(source, `the tensor “${name}” ends behind the end of the file`);
}
