/** The tensors of a safetensors file, read one by one while it is open. */
import { readSafetensors } from '../../methods/gguf/safetensors.ts';
import type { TensorSource } from '../../methods/encoder/encoder-weights.ts';
import { openFile } from '../decoder/model-parts.ts';

export async function openWeights(path: string): Promise<TensorSource & AsyncDisposable> {
  const file = await openFile(path);
  try {
    const { names, read } = await readSafetensors(file);
    return { names, read, [Symbol.asyncDispose]: () => file.close() };
  } catch (thrown) {
    await file.close();
    throw thrown;
  }
}
