/** Which backend computes: onnxruntime, unless the environment asks for another that the person has installed. */
import { fail } from '../../../shared/errors.ts';
import type { Device } from './backend.ts';
import type { DeviceWish } from './choose-provider.ts';

export interface ChosenBackend {
  backend: 'onnxruntime' | 'tensorflow';
  open: (wish: DeviceWish) => Promise<Device>;
}

export async function chosenBackend(
  name = process.env['FLOWYARD_NEURAL_BACKEND'] ?? 'onnxruntime',
): Promise<ChosenBackend> {
  if (name === 'onnxruntime') {
    const { openOnProvider } = await import('./choose-provider.ts');
    return { backend: name, open: openOnProvider };
  }
  if (name === 'tensorflow') {
    const { openTensorflow } = await import('./tensorflow-device.ts');
    return { backend: name, open: openTensorflow };
  }
  throw fail('neural.unknown-backend', {
    message: `FLOWYARD_NEURAL_BACKEND names "${name}", which is no engine for neural networks.`,
    mend: 'Leave it out, or set it to onnxruntime or tensorflow.',
  });
}
