/** The whole recipe as one ONNX file, where each step has a form; what has none is named. */
import type { AnyRun, ModelInput } from '../../shared/capabilities.ts';
import { fail } from '../../shared/errors.ts';
import type { ModelFile } from './model-file.ts';

export async function exportOnnx(model: ModelFile, _loadRun: (kind: string) => Promise<AnyRun>): Promise<Awaited<ReturnType<ModelInput['toOnnx']>>> {
  throw fail('onnx.not-yet', { message: `The model of ${model.kind} cannot be exported yet.` });
}
