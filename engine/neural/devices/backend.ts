/**
 * The seam between training and what computes. A backend runs graphs of `methods/neural`: onnxruntime on any of its providers, or another engine that the
 * person has installed. It knows tensors and nodes and nothing of networks, epochs or checkpoints.
 */
import type { UsedDevice } from '../../../shared/neural/devices.ts';
import type { DeviceChoice } from '../../../shared/neural/training-settings.ts';
import type { TensorGraph } from '../../../methods/neural/tensor-graph.ts';

export type HostArray = Float32Array | Int32Array;
export interface HostTensor {
  values: HostArray;
  shape: readonly number[];
}
/** A tensor where the backend computes. Opaque: only the backend that made it can read it. */
export interface DeviceTensor {
  readonly backend: string;
}
export type Bindings = Readonly<Record<string, DeviceTensor>>;

export interface PreparedGraph {
  /** Computes once. What is named in `into` is written there; nothing else is kept. */
  run: (inputs: Bindings, into: Bindings) => Promise<void>;
  close: () => Promise<void>;
}
export interface Device {
  used: UsedDevice;
  /** Which forms of operators are fast here. */
  style: 'cpu' | 'gpu';
  /** Step graphs may write the state where they read it, and count steps themselves: worth it where each call costs a trip to another processor. */
  inPlace: boolean;
  prepare: (graph: TensorGraph) => Promise<PreparedGraph>;
  /** On a processor the array itself is used, without a copy. */
  upload: (tensor: HostTensor) => Promise<DeviceTensor>;
  /** On a processor, the array that was uploaded. */
  download: (tensor: DeviceTensor) => Promise<HostArray>;
  release: (tensor: DeviceTensor) => void;
  close: () => Promise<void>;
}
export interface OpenOptions {
  device: DeviceChoice;
  threads: number;
}
export interface Backend {
  name: string;
  /** The best device that works; `used.reason` says why it is this one. */
  open: (options: OpenOptions) => Promise<Device>;
}
