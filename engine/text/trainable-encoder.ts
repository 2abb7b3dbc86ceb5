/** An encoder to be trained on: its weights tensor by tensor, its tokenizer, and what of both a model keeps. */
import type { SourceFolder } from '../../shared/source/source-folder.ts';
import type { EncoderTexts, TrainableEncoder } from '../../shared/media/text-service.ts';
import { readEncoderFiles } from './encoder-files.ts';
import { openWeights } from './open-weights.ts';
import { openTokenizer } from './tokenizer.ts';

export async function openTrainable(
  folder: SourceFolder,
  { file = '', most }: { file?: string; most: number },
): Promise<TrainableEncoder> {
  const found = await readEncoderFiles(folder, file, 'weights');
  const { config, tokenizer: form, tokenizerConfig, pooling, hash } = found;
  const longest = Math.min(most, found.longest);
  const tokenizer = await openTokenizer({ tokenizer: form, tokenizerConfig, longest });
  const weights = await openWeights(found.network.place);
  const texts: EncoderTexts = { config, tokenizer: form, tokenizerConfig };
  return {
    ...{ hash, config, pooling, longest },
    names: weights.names,
    read: weights.read,
    tokens: (text) => tokenizer.encode(text),
    texts: new TextEncoder().encode(JSON.stringify(texts)),
    close: async () => weights[Symbol.asyncDispose](),
  };
}
