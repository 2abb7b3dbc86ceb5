import { cpus } from 'node:os';
import type { UsedDevice } from '../../../shared/neural/devices.ts';
import type { OrtDeviceOptions } from './ort-device.ts';

export const processorName = (): string => cpus()[0]?.model.trim() || 'Processor';

/** onnxruntime on the processor, with a reason. */
export function processorDevice(threads: number, reason = 'The processor was asked for.'): OrtDeviceOptions {
  const name = `${processorName()}, ${threads === 1 ? '1 thread' : `${threads} threads`}`;
  const used: UsedDevice = { backend: 'onnxruntime', provider: 'cpu', name, reason };
  return { provider: 'cpu', threads, used };
}
