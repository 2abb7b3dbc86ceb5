/** What the head of a GGUF file says of a language model, by the names of ggml's format (docs/gguf.md). */
import { largest } from '../../shared/append.ts';
import { fail } from '../../shared/errors.ts';
import type { WeightFacts } from '../../shared/language/language-model.ts';
import { numberOf, numbersOf, textOf, textsOf, type GgufFile } from '../gguf/gguf-file.ts';

/** Names of `general.file_type`, by llama.cpp's `llama_ftype`. */
const fileTypes: Readonly<Record<number, string>> = {
  0: 'F32',
  1: 'F16',
  2: 'Q4_0',
  3: 'Q4_1',
  7: 'Q8_0',
  8: 'Q5_0',
  9: 'Q5_1',
  10: 'Q2_K',
  11: 'Q3_K_S',
  12: 'Q3_K_M',
  13: 'Q3_K_L',
  14: 'Q4_K_S',
  15: 'Q4_K_M',
  16: 'Q5_K_S',
  17: 'Q5_K_M',
  18: 'Q6_K',
  19: 'IQ2_XXS',
  20: 'IQ2_XS',
  21: 'Q2_K_S',
  22: 'IQ3_XS',
  23: 'IQ3_XXS',
  24: 'IQ1_S',
  25: 'IQ4_NL',
  26: 'IQ3_S',
  27: 'IQ3_M',
  28: 'IQ2_S',
  29: 'IQ2_M',
  30: 'IQ4_XS',
  31: 'IQ1_M',
  32: 'BF16',
  36: 'TQ1_0',
  37: 'TQ2_0',
  38: 'MXFP4',
};

/** @throws `language.no-model` for an adapter or a projector, which are no models by themselves */
export function readWeightFacts(file: GgufFile, fileName: string): WeightFacts {
  const kind = textOf(file, 'general.type');
  const { architecture } = file;
  if (kind === 'adapter' || kind === 'mmproj' || architecture === 'clip')
    throw fail('language.no-model', {
      message: `"${fileName}" is ${kind === 'adapter' ? 'an adapter' : 'a projector for images'}, not a language model.`,
      mend:
        kind === 'adapter'
          ? 'Choose its base model here, and the adapter in "Adapter".'
          : 'Choose the model’s own file.',
    });
  const number = (key: string): number | undefined => numberOf(file, `${architecture}.${key}`);
  const heads = headsOf(file, `${architecture}.attention.head_count`) ?? 1;
  const kvHeads = headsOf(file, `${architecture}.attention.head_count_kv`) ?? heads;
  const width = number('embedding_length') ?? 0;
  const layers = number('block_count') ?? 0;
  const keyLength = number('attention.key_length') ?? width / heads;
  const valueLength = number('attention.value_length') ?? width / heads;
  const words = textsOf(file, 'tokenizer.ggml.tokens') ?? [];
  const token = (key: string): string => words[numberOf(file, `tokenizer.ggml.${key}`) ?? -1] ?? '';
  const parameters = [...file.tensors.values()].reduce((sum, tensor) => sum + tensor.count, 0);
  return {
    architecture,
    title: textOf(file, 'general.name') ?? fileName.replace(/\.gguf$/i, ''),
    parameters,
    quantisation: fileTypes[numberOf(file, 'general.file_type') ?? -1] ?? commonestType(file),
    licence: textOf(file, 'general.license') ?? '',
    contextTokens: number('context_length') ?? 2048,
    layers,
    width,
    cacheBytesPerToken: 2 * layers * kvHeads * (keyLength + valueLength),
    vocabulary: words.length,
    bos: token('bos_token_id'),
    eos: token('eos_token_id'),
    template: textOf(file, 'tokenizer.chat_template') ?? null,
  };
}

/** Some architectures give each layer its own number of heads: the most counts. */
function headsOf(file: GgufFile, key: string): number | undefined {
  const each = numbersOf(file, key);
  return each === undefined || each.length === 0 ? numberOf(file, key) : largest(each);
}

function commonestType(file: GgufFile): string {
  const counts = new Map<string, number>();
  for (const { type, count } of file.tensors.values()) counts.set(type, (counts.get(type) ?? 0) + count);
  return [...counts].sort((a, b) => b[1] - a[1])[0]?.[0] ?? 'unknown';
}

const part = /-(\d{5})-of-(\d{5})\.gguf$/i;

/** Which of a folder's files are the model: one file, or all parts of one in their order. @throws `language.no-model`, `language.several-models`, `language.part-missing` */
export function chooseModelFiles<T extends { path: string }>(files: readonly T[], folder: string): T[] {
  const models = files
    .filter((file) => !/mmproj|adapter|lora/i.test(file.path))
    .toSorted((a, b) => (a.path < b.path ? -1 : 1));
  const [first] = models;
  if (first === undefined)
    throw fail('language.no-model', {
      message: `The folder "${folder}" holds no GGUF model.`,
      mend: 'Choose a folder with a .gguf file in it.',
      param: 'folder',
    });
  const total = Number(part.exec(first.path)?.[2] ?? 1);
  const stem = first.path.replace(part, '');
  const parts = total === 1 ? models : models.filter((file) => file.path.startsWith(`${stem}-`));
  if (total === 1 && models.length > 1)
    throw fail('language.several-models', {
      message: `The folder "${folder}" holds ${models.length} models: ${models
        .slice(0, 3)
        .map((m) => m.path)
        .join(', ')}${models.length > 3 ? ', …' : ''}.`,
      mend: 'Choose one of the files.',
      param: 'folder',
    });
  if (total > 1 && parts.length !== total)
    throw fail('language.part-missing', {
      message: `Of the model’s ${total} parts ${parts.length} are in "${folder}".`,
      mend: 'Put the others beside them.',
      param: 'folder',
    });
  return parts;
}
