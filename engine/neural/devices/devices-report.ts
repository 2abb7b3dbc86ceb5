/** Everything about this machine that a training cares for, tried and not guessed. Runs in a process of its own: a driver that crashes takes nothing with it. */
import { createRequire } from 'node:module';
import { availableParallelism, freemem, totalmem } from 'node:os';
import type { DevicesReport, ProviderName } from '../../../shared/neural/devices.ts';
import { listAdapters } from './adapters.ts';
import { chooseProvider, providersHere, providerWords, tryOn } from './open-device.ts';
import { processorName } from './processor.ts';

export async function devicesReport(): Promise<DevicesReport> {
  const threads = availableParallelism();
  const adapters = await listAdapters();
  const here = providersHere();
  const providers: DevicesReport['providers'] = [];
  for (const name of [...here, 'cpu'] satisfies ProviderName[]) {
    const { works, says } = await tryOn(name, adapters);
    providers.push({ name, works, says: works ? `${providerWords[name]} computed a product just now.` : `${says}.` });
  }
  for (const name of ['webgpu', 'cuda', 'directml', 'coreml'] as const)
    if (!here.includes(name))
      providers.push({ name, works: false, says: 'onnxruntime does not offer it on this system.' });
  const { used } = await chooseProvider({ device: 'auto', threads });
  return {
    processor: { name: processorName(), threads, memoryBytes: totalmem(), freeBytes: freemem() },
    adapters,
    providers,
    backends: backends(),
    used,
  };
}

function backends(): DevicesReport['backends'] {
  const tensorflow = versionOf('@tensorflow/tfjs-node-gpu') ?? versionOf('@tensorflow/tfjs-node');
  const chosen = process.env['FLOWYARD_NEURAL_BACKEND'] ?? 'onnxruntime';
  const inUse = (name: string): string => (chosen === name ? 'In use.' : '');
  return [
    {
      name: 'onnxruntime',
      version: versionOf('onnxruntime-node'),
      says: inUse('onnxruntime') || 'Comes with Flowyard.',
    },
    {
      name: 'tensorflow',
      version: tensorflow,
      says:
        inUse('tensorflow') ||
        (tensorflow === null
          ? 'Not installed. It is optional: npm install @tensorflow/tfjs-node-gpu, then FLOWYARD_NEURAL_BACKEND=tensorflow.'
          : 'Installed; FLOWYARD_NEURAL_BACKEND=tensorflow uses it.'),
    },
  ];
}
/** `null`: not installed. */
function versionOf(name: string): string | null {
  try {
    const { version } = createRequire(import.meta.url)(`${name}/package.json`) as { version: string };
    return version;
  } catch {
    return null;
  }
}
