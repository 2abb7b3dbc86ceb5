/** One operation of a graph. */
import type { GraphAttribute } from '../onnx/messages.ts';

export interface GraphNode {
  op: string;
  domain: string;
  /** Where it belongs, for errors in words: "3 conv2d". */
  label: string;
  inputs: readonly string[];
  outputs: readonly string[];
  attributes: Readonly<Record<string, GraphAttribute>>;
}
