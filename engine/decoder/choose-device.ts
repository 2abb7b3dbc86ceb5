import type { UsedDevice } from '../../shared/neural/devices.ts';
import type { DeviceChoice } from '../../shared/neural/training-settings.ts';
import { chooseProvider } from '../neural/devices/open-device.ts';
import { processorDevice } from '../neural/devices/processor.ts';

/** Where a decoder is trained: WebGPU or the processor. The weights of a model are moved once, and other providers have no form for it. */
export async function chooseDecoderDevice(device: DeviceChoice, threads: number): Promise<UsedDevice> {
  const { provider, used } = await chooseProvider({ device, threads });
  if (provider === 'webgpu' || provider === 'cpu') return used;
  return processorDevice(threads, `Language models are trained by WebGPU or on the processor, not by ${provider}.`)
    .used;
}
