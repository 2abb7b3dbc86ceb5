import { type DecoderConfig, decoderFamilies, type DecoderFamily } from '../../shared/decoder.ts';
import { fail } from '../../shared/errors.ts';
import { type GgufFile, numberOf, requireNumber, textOf } from '../gguf/gguf-file.ts';
import { requireTensor } from '../gguf/read-gguf.ts';

export type { DecoderConfig, DecoderFamily };
export { decoderFamilies };
export const isDecoderFamily = (name: string): name is DecoderFamily => decoderFamilies.some((f) => f === name);

/**
 * The configuration that a model's file states. `rope_freqs.weight`, where the file has it, is given by the caller.
 *
 * @throws `decoder.unknown-family`, `decoder.unsupported`, `gguf.missing-key`, `gguf.no-tensor`
 */
export function decoderConfig(file: GgufFile, frequencyDivisors: readonly number[] | null = null): DecoderConfig {
  const family = file.architecture;
  if (!isDecoderFamily(family)) throw unknownFamily(family);
  const need = (key: string): number => requireNumber(file, `${family}.${key}`);
  const maybe = (key: string): number | undefined => numberOf(file, `${family}.${key}`);
  refuseVariants(file, family);
  const width = need('embedding_length');
  const heads = need('attention.head_count');
  const gemma = family === 'gemma3';
  const headWidth = maybe('attention.key_length') ?? width / heads;
  return {
    family,
    layers: need('block_count'),
    width,
    heads,
    keyHeads: maybe('attention.head_count_kv') ?? heads,
    headWidth,
    hidden: need('feed_forward_length'),
    vocabulary: requireTensor(file, 'token_embd.weight').shape[0] ?? 0,
    context: need('context_length'),
    epsilon: need('attention.layer_norm_rms_epsilon'),
    theta: maybe('rope.freq_base') ?? (gemma ? 1_000_000 : 10_000),
    positionScale:
      textOf(file, `${family}.rope.scaling.type`) === 'linear' ? 1 / (maybe('rope.scaling.factor') ?? 1) : 1,
    frequencyDivisors,
    window: gemma
      ? { tokens: need('attention.sliding_window'), theta: maybe('rope.freq_base_swa') ?? 10_000, every: 6 }
      : null,
    activation: gemma ? 'gelu-tanh' : 'silu',
    embeddingScale: gemma ? Math.sqrt(width) : 1,
    headNorm: file.tensors.has('blk.0.attn_q_norm.weight'),
    postNorm: gemma,
    bias: file.tensors.has('blk.0.attn_q.bias'),
    tied: !file.tensors.has('output.weight'),
    interleaved: family === 'llama',
  };
}

const unknownFamily = (family: string) =>
  fail('decoder.unknown-family', {
    message: `Models of the family “${family}” cannot be trained here.`,
    mend: `Use a model of one of these: ${decoderFamilies.join(', ')}.`,
    facts: { family },
  });

/** What these families also have and the graph does not: said before anything is computed. */
function refuseVariants(file: GgufFile, family: DecoderFamily): void {
  const refuse = (what: string) =>
    fail('decoder.unsupported', {
      message: `This ${family} model has ${what}, which cannot be trained here.`,
      mend: 'Use a dense model of the family.',
      facts: { family, what },
    });
  if ((numberOf(file, `${family}.expert_count`) ?? 0) > 0) throw refuse('a mixture of experts');
  const scaling = textOf(file, `${family}.rope.scaling.type`);
  if (scaling !== undefined && scaling !== 'none' && scaling !== 'linear')
    throw refuse(`positions scaled by “${scaling}”`);
  const rotated = numberOf(file, `${family}.rope.dimension_count`);
  const headWidth =
    numberOf(file, `${family}.attention.key_length`) ??
    (numberOf(file, `${family}.embedding_length`) ?? 0) / (numberOf(file, `${family}.attention.head_count`) ?? 1);
  if (rotated !== undefined && rotated !== headWidth) throw refuse('positions on a part of each head');
  const values = numberOf(file, `${family}.attention.value_length`);
  if (values !== undefined && values !== headWidth) throw refuse('values of another width than its keys');
  // Gemma 3 27B alone divides queries by another number than the root of the head's width.
  if (family === 'gemma3' && numberOf(file, 'gemma3.block_count') === 62) throw refuse('its own scale of attention');
  if (file.tensors.has('blk.0.attn_output.bias') || file.tensors.has('blk.0.ffn_up.bias'))
    throw refuse('biases in all its layers');
}
