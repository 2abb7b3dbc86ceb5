/**
 * How GGUF stores a tensor's numbers: blocks of `values` numbers in `bytes` bytes. Names and numbers are ggml's (`enum ggml_type`); the layouts of the
 * blocks are those of ggml's `ggml-common.h`.
 */
export interface TensorTypeFacts {
  /** ggml's number for the type. */
  readonly id: number;
  /** Numbers in one block. */
  readonly values: number;
  /** Bytes of one block. */
  readonly bytes: number;
}

export const tensorTypes = {
  F32: { id: 0, values: 1, bytes: 4 },
  F16: { id: 1, values: 1, bytes: 2 },
  Q4_0: { id: 2, values: 32, bytes: 18 },
  Q4_1: { id: 3, values: 32, bytes: 20 },
  Q5_0: { id: 6, values: 32, bytes: 22 },
  Q5_1: { id: 7, values: 32, bytes: 24 },
  Q8_0: { id: 8, values: 32, bytes: 34 },
  Q4_K: { id: 12, values: 256, bytes: 144 },
  Q5_K: { id: 13, values: 256, bytes: 176 },
  Q6_K: { id: 14, values: 256, bytes: 210 },
  BF16: { id: 30, values: 1, bytes: 2 },
} as const satisfies Record<string, TensorTypeFacts>;
export type TensorType = keyof typeof tensorTypes;

export const isTensorType = (name: string): name is TensorType => Object.hasOwn(tensorTypes, name);
/** Only to name what a file holds and this program does not read. */
const otherTypes: Readonly<Record<number, string>> = {
  9: 'Q8_1',
  10: 'Q2_K',
  11: 'Q3_K',
  15: 'Q8_K',
  16: 'IQ2_XXS',
  17: 'IQ2_XS',
  18: 'IQ3_XXS',
  19: 'IQ1_S',
  20: 'IQ4_NL',
  21: 'IQ3_S',
  22: 'IQ2_S',
  23: 'IQ4_XS',
  24: 'I8',
  25: 'I16',
  26: 'I32',
  27: 'I64',
  28: 'F64',
  29: 'IQ1_M',
  34: 'TQ1_0',
  35: 'TQ2_0',
  39: 'MXFP4',
};

const namesById = new Map<number, TensorType>();
for (const name of Object.keys(tensorTypes)) if (isTensorType(name)) namesById.set(tensorTypes[name].id, name);

/** The type's name; a type that cannot be read here has a name too. */
export const tensorTypeName = (id: number): string => namesById.get(id) ?? otherTypes[id] ?? `type ${id}`;

/** Bytes that `count` numbers take. */
export function byteLength(type: TensorType, count: number): number {
  const { values, bytes } = tensorTypes[type];
  return (count / values) * bytes;
}
