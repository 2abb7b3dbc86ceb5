/** Chooses what to compute on, and says why in words: WebGPU where a graphics processor is there and works, else CUDA, DirectML or CoreML, else the processor. */
import { fail } from '../../../shared/errors.ts';
import type { ProviderName, UsedDevice } from '../../../shared/neural/devices.ts';
import type { Network } from '../../../shared/neural/network.ts';
import type { DeviceChoice } from '../../../shared/neural/training-settings.ts';
import { type Adapter, listAdapters } from './adapters.ts';
import type { Device } from './backend.ts';
import { openOrtDevice } from './ort-device.ts';
import { processorDevice } from './processor.ts';
import { isSmall } from './small-network.ts';
import { tryProvider, type Tried } from './try-provider.ts';

export interface DeviceWish {
  device: DeviceChoice;
  threads: number;
  /** What will be computed, where it is known: a small network is faster on the processor. */
  network?: Network;
  batchSize?: number;
}

/** Providers beside the processor, the best first, that onnxruntime-node has for this system. */
export function providersHere(platform = process.platform, arch: string = process.arch): ProviderName[] {
  if (platform === 'win32') return ['webgpu', 'directml'];
  if (platform === 'darwin') return ['webgpu', 'coreml'];
  return arch === 'x64' ? ['webgpu', 'cuda'] : [];
}

export async function openDevice(wish: DeviceWish): Promise<Device> {
  const { backend, open } = await import('./chosen-backend.ts').then((m) => m.chosenBackend());
  if (backend !== 'onnxruntime') return open({ device: wish.device, threads: wish.threads });
  const { provider, used } = await chooseProvider(wish);
  return openOrtDevice({ provider, threads: wish.threads, used });
}

/** @throws `neural.no-gpu` when a graphics processor was asked for and none works */
export async function chooseProvider(wish: DeviceWish): Promise<{ provider: ProviderName; used: UsedDevice }> {
  const onProcessor = (reason: string) => processorDevice(wish.threads, reason);
  if (wish.device === 'cpu') return onProcessor('The processor was asked for.');
  if (wish.device === 'auto' && isSmall(wish))
    return onProcessor('The network is small: a step is faster on the processor than the way to a graphics processor.');
  const adapters = await listAdapters();
  const hardware = adapters.find((a) => a.kind !== 'software');
  const reasons: string[] = [];
  for (const provider of providersHere()) {
    if (wish.device === 'auto' && hardware === undefined && provider === 'webgpu') {
      reasons.push(
        adapters.length === 0
          ? 'no graphics processor was found'
          : `${adapters[0]?.name} computes on the processor itself`,
      );
      continue;
    }
    const tried = await tryOn(provider, adapters);
    if (tried.works) return { provider, used: usedOf(provider, hardware ?? adapters[0], reasons) };
    reasons.push(`${providerWords[provider]}: ${tried.says}`);
  }
  const why = reasons.length === 0 ? 'onnxruntime has no graphics provider for this system' : reasons.join('; ');
  if (wish.device === 'gpu')
    throw fail('neural.no-gpu', {
      message: `No graphics processor can be used here: ${why}.`,
      mend: 'Choose "automatic" or the processor as the device, or install the graphics driver.',
    });
  return onProcessor(`The processor, because ${why}.`);
}

/** CUDA is not even asked where there is no card for it: onnxruntime would complain on the error output. */
export const tryOn = async (provider: ProviderName, adapters: readonly Adapter[]): Promise<Tried> =>
  provider === 'cuda' && !adapters.some((a) => a.vendor === 'NVIDIA')
    ? { works: false, says: 'there is no NVIDIA card' }
    : tryProvider(provider);

export const providerWords: Readonly<Record<ProviderName, string>> = {
  webgpu: 'WebGPU',
  cuda: 'CUDA',
  directml: 'DirectML',
  coreml: 'CoreML',
  cpu: 'Processor',
};
function usedOf(provider: ProviderName, adapter: Adapter | undefined, reasons: readonly string[]): UsedDevice {
  const name = `${adapter?.name ?? 'Graphics processor'} (${providerWords[provider]})`;
  const before = reasons.length === 0 ? '' : ` Before it: ${reasons.join('; ')}.`;
  return {
    backend: 'onnxruntime',
    provider,
    name,
    reason: `${providerWords[provider]} works on ${adapter?.name ?? 'this machine'}.${before}`,
  };
}
