/** The ONNX form of a step, as a kind gives it. */
/** The part of the ONNX builder that a step uses (`methods/onnx` has it). Values are names of tensors of shape [rows, 1]. */
export interface OnnxGraph {
  node: (
    op: string,
    inputs: readonly string[],
    attributes?: Readonly<Record<string, OnnxAttribute>>,
    options?: { domain?: string; outputs?: number },
  ) => string[];
  constant: (
    type: OnnxType,
    dims: readonly number[],
    values: readonly (number | bigint | string | boolean)[],
  ) => string;
}
export type OnnxType = 'float' | 'double' | 'int64' | 'string' | 'bool';
export type OnnxAttribute =
  | number
  | bigint
  | string
  | readonly number[]
  | readonly bigint[]
  | readonly string[]
  | { float: number }
  | { floats: readonly number[] };
export interface OnnxColumn {
  value: string;
  type: OnnxType;
  /** A double that stands for whole numbers, or for yes (1) and no (0), with NaN where the value is missing: `int64` and `bool` tensors have no missing values. */
  holds?: 'whole' | 'boolean';
  /** NaN or infinity may also be what was computed (0/0), not only what is missing. */
  nan?: boolean;
  /** A column of images: float of shape [rows, channels, height, width], shades from 0 to 1; what is not known beforehand is null. */
  image?: { channels: number | null; height: number | null; width: number | null };
  /** A text as the numbers of its tokens: int64 of shape [rows, tokens]. */
  tokens?: number;
}
