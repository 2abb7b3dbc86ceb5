/** Computes one thing on a provider: what works is known by having worked. */
import { TensorGraph } from '../../../methods/neural/tensor-graph.ts';
import type { ProviderName } from '../../../shared/neural/devices.ts';
import { providerConfig } from './ort-device.ts';

export interface Tried {
  works: boolean;
  /** Why it does not. */
  says: string;
}

export async function tryProvider(provider: ProviderName): Promise<Tried> {
  const graph = new TensorGraph();
  graph.output('y', graph.matmul(graph.input('x', [2, 2]), graph.constant('float', [2, 2], [1, 2, 3, 4])));
  try {
    const { InferenceSession, Tensor } = await import('onnxruntime-node');
    const session = await InferenceSession.create(graph.toBytes(), {
      executionProviders: [providerConfig(provider)],
      logSeverityLevel: 4,
    });
    const made = await session.run({ x: new Tensor('float32', Float32Array.of(1, 0, 0, 1), [2, 2]) });
    await session.release();
    const right = String(made['y']?.data) === '1,2,3,4';
    return right ? { works: true, says: 'works' } : { works: false, says: 'it computed 1 × [1 2; 3 4] wrongly' };
  } catch (thrown) {
    return { works: false, says: inWords(thrown) };
  }
}

function inWords(thrown: unknown): string {
  const message = thrown instanceof Error ? thrown.message : String(thrown);
  if (/No supported adapters|Failed to get a WebGPU adapter/i.test(message))
    return 'there is no graphics processor with a driver';
  if (/not find|cannot open shared object|Failed to load shared library|LoadLibrary failed|dlopen/i.test(message))
    return 'its libraries are not installed';
  if (/not (available|enabled|supported)|unknown|no available backend/i.test(message))
    return 'this build of onnxruntime does not have it';
  return (message.split('\n')[0] ?? message).slice(0, 200);
}
