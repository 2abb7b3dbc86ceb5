import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { bytesInMemory, gatherPieces } from './bytes-in-memory.ts';
import { dequantize } from './dequantize.ts';
import { flagOf, type GgufValue, numberOf, numbersOf, textOf, textsOf } from './gguf-file.ts';
import { halfValues, toHalf } from './half.ts';
import { readGguf, readRows, readTensor } from './read-gguf.ts';
import { readSafetensors, writeSafetensors } from './safetensors.ts';
import { isTensorType, tensorTypes } from './tensor-types.ts';
import { writeGguf } from './write-gguf.ts';

const fixtures: {
  types: Record<string, { raw: string; values: string }>;
  file: string;
  tensors: Record<string, string>;
  safetensors: string;
  named: Record<string, { shape: number[]; values: string }>;
} = JSON.parse(readFileSync(join(import.meta.dirname, 'fixtures', 'gguf.json'), 'utf8'));

const bytesOf = (text: string | undefined): Uint8Array => new Uint8Array(Buffer.from(text ?? '', 'base64'));
/** Bits, so that −0 is not 0. */
const bitsOf = (values: Float32Array): number[] => [...new Uint32Array(values.slice().buffer)];
const floatsOf = (text: string | undefined): Float32Array => new Float32Array(bytesOf(text).slice().buffer);

describe('dequantize', () => {
  it.each(Object.keys(tensorTypes))('gives the bits that the gguf package gives: %s', (name) => {
    if (!isTensorType(name)) throw new Error(name);
    const expected = floatsOf(fixtures.types[name]?.values);
    const made = dequantize(name, bytesOf(fixtures.types[name]?.raw), expected.length);
    expect(bitsOf(made)).toEqual(bitsOf(expected));
  });
});

describe('numbers of 16 bits', () => {
  it('come back as they were', () => {
    for (let bits = 0; bits < 65_536; bits++) {
      const value = halfValues[bits] ?? 0;
      if (!Number.isNaN(value)) expect(toHalf(value)).toBe(bits);
    }
  });
  it('round to the nearest, ties to even', () => {
    fc.assert(
      fc.property(fc.float({ min: -65_519, max: 65_519, noNaN: true }), (value) => {
        const bits = toHalf(value);
        const error = Math.abs((halfValues[bits] ?? 0) - value);
        for (const other of [bits - 1, bits + 1]) {
          const neighbour = Math.abs((halfValues[other & 0xffff] ?? 0) - value);
          if (Number.isFinite(neighbour)) expect(error).toBeLessThanOrEqual(neighbour);
          if (error === neighbour) expect(bits & 1).toBe(0);
        }
      }),
    );
    expect([toHalf(65_520), toHalf(-1e9), toHalf(2 ** -25), toHalf(2 ** -24 * 1.5)]).toEqual([0x7c00, 0xfc00, 0, 2]);
  });
});

describe('a file of the gguf package', () => {
  const source = bytesInMemory(bytesOf(fixtures.file));
  it('is read whole', async () => {
    const file = await readGguf(source);
    expect(file.architecture).toBe('llama');
    expect(
      ['uint32', 'int32', 'uint64', 'float32', 'float64', 'uint8', 'int8'].map((type) => numberOf(file, `a.${type}`)),
    ).toEqual([4_000_000_000, -7, 2 ** 40, 0.5, 0.1, 200, -100]);
    expect(flagOf(file, 'a.bool')).toBe(true);
    expect(textOf(file, 'a.text')).toBe('Grüße 🙂');
    expect(textsOf(file, 'a.tokens')).toEqual(['\ufeff', '▁the', '']);
    expect(numbersOf(file, 'a.scores')).toEqual([0.25, -1.5]);
    for (const [name, values] of Object.entries(fixtures.tensors))
      expect(bitsOf(await readTensor(source, file, name))).toEqual(bitsOf(floatsOf(values)));
    const second = file.tensors.get('second.weight');
    expect(second?.shape).toEqual([2, 64]);
    if (!second) return;
    expect(bitsOf(await readRows(source, second, 64, 64))).toEqual(
      bitsOf(floatsOf(fixtures.tensors[second.name]).slice(64)),
    );
  });
  it('is written with the same bytes', async () => {
    const file = await readGguf(source);
    const tensors = [...file.tensors.values()].map(({ name, type, shape, at, count }) => {
      if (!isTensorType(type)) throw new Error(type);
      const { values, bytes } = tensorTypes[type];
      const raw = bytesOf(fixtures.file).subarray(at, at + (count / values) * bytes);
      return { name, type, shape, bytes: () => [raw.subarray(0, 10), raw.subarray(10)] };
    });
    expect(Buffer.from(await gatherPieces(writeGguf(file.metadata, tensors))).toString('base64')).toBe(fixtures.file);
  });
  it('that ends too early or holds other bytes is refused in words', async () => {
    const bytes = bytesOf(fixtures.file);
    const codeOf = (part: Uint8Array) =>
      readGguf(bytesInMemory(part)).then(
        () => 'read',
        (problem: { code?: string }) => problem.code ?? String(problem),
      );
    expect(await codeOf(new TextEncoder().encode('PK and more, but no model'))).toBe('gguf.not-gguf');
    for (let length = 24; length < bytes.length - 32; length += 97)
      expect(await codeOf(bytes.subarray(0, length))).toBe('gguf.damaged');
    const version = bytes.slice();
    version[4] = 1;
    expect(await codeOf(version)).toBe('gguf.version');
  });
});

it('a vocabulary of any size is written as it is read', async () => {
  const tokens = Array.from({ length: 30_000 }, (_, i) => `▁token ${i}`);
  const scores = tokens.map((_, i) => -i);
  const bytes = await gatherPieces(
    writeGguf(
      [
        ['general.architecture', { type: 'string', value: 'llama' }],
        ['tokenizer.ggml.tokens', { type: 'strings', values: tokens }],
        ['tokenizer.ggml.scores', { type: 'numbers', of: 'float32', values: scores }],
        ['last', { type: 'uint64', value: 7 }],
      ],
      [],
    ),
  );
  const file = await readGguf(bytesInMemory(bytes));
  expect(textsOf(file, 'tokenizer.ggml.tokens')).toEqual(tokens);
  expect(numbersOf(file, 'tokenizer.ggml.scores')).toEqual(scores);
  expect(numberOf(file, 'last')).toBe(7);
});

it('a written tensor must bring the bytes that its shape says', async () => {
  const metadata: [string, GgufValue][] = [['general.architecture', { type: 'string', value: 'llama' }]];
  const tensors = [{ name: 'short', type: 'F32' as const, shape: [4], bytes: () => [new Uint8Array(12)] }];
  await expect(gatherPieces(writeGguf(metadata, tensors))).rejects.toMatchObject({ code: 'gguf.wrong-size' });
});

describe('safetensors', () => {
  const expected = Object.entries(fixtures.named).map(([name, { shape, values }]) => ({
    name,
    shape,
    values: floatsOf(values),
  }));
  it('reads what the safetensors package wrote, and its own files', async () => {
    const own = await gatherPieces(writeSafetensors(expected, { format: 'pt' }));
    for (const bytes of [bytesOf(fixtures.safetensors), own]) {
      const file = await readSafetensors(bytesInMemory(bytes));
      expect(new Set(file.names)).toEqual(new Set(expected.map(({ name }) => name)));
      for (const tensor of expected) {
        const read = await file.read(tensor.name);
        expect({ ...read, values: bitsOf(read.values) }).toEqual({ ...tensor, values: bitsOf(tensor.values) });
      }
    }
  });
  it('says what is damaged', async () => {
    const bytes = bytesOf(fixtures.safetensors);
    for (const part of [bytes.subarray(0, 4), bytes.subarray(0, 40), new Uint8Array(64).fill(255)])
      await expect(readSafetensors(bytesInMemory(part))).rejects.toMatchObject({ code: 'safetensors.damaged' });
  });
});
