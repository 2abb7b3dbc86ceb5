/** Which backend computes: onnxruntime, unless the environment asks for another that the person has installed. */
import { fail } from '../../../shared/errors.ts';
import type { Device, OpenOptions } from './backend.ts';

export interface ChosenBackend {
  backend: 'onnxruntime' | 'tensorflow';
  open: (options: OpenOptions) => Promise<Device>;
}

export async function chosenBackend(
  name = process.env['FLOWYARD_NEURAL_BACKEND'] ?? 'onnxruntime',
): Promise<ChosenBackend> {
  if (name === 'onnxruntime') {
    const { openDevice } = await import('./open-device.ts');
    return { backend: name, open: openDevice };
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
