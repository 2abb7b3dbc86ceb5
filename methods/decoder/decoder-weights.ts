import { append } from '../../shared/append.ts';
import { type DecoderConfig, type DecoderModule, decoderModules } from '../../shared/decoder.ts';

export { type DecoderModule, decoderModules };

/** Modules with a bias, where the family has them. */
export const biasedModules = ['attn_q', 'attn_k', 'attn_v'] as const satisfies readonly DecoderModule[];

/** [out, in] of a module. */
export function moduleShape(config: DecoderConfig, module: DecoderModule): readonly [number, number] {
  const { width, heads, keyHeads, headWidth, hidden } = config;
  switch (module) {
    case 'attn_q':
      return [heads * headWidth, width];
    case 'attn_k':
    case 'attn_v':
      return [keyHeads * headWidth, width];
    case 'attn_output':
      return [width, heads * headWidth];
    case 'ffn_gate':
    case 'ffn_up':
      return [hidden, width];
    case 'ffn_down':
      return [width, hidden];
  }
}

export interface WeightShape {
  readonly name: string;
  /** Norms and biases have one dimension, matrices are [out, in]. */
  readonly shape: readonly number[];
}

/** The norms of a layer, with what they normalise. */
export function normShapes(config: DecoderConfig, layer: number): WeightShape[] {
  const { width, headWidth, headNorm, postNorm } = config;
  const norm = (name: string, size: number): WeightShape => ({ name: `blk.${layer}.${name}.weight`, shape: [size] });
  return [
    norm('attn_norm', width),
    ...(headNorm ? [norm('attn_q_norm', headWidth), norm('attn_k_norm', headWidth)] : []),
    ...(postNorm ? [norm('post_attention_norm', width), norm('post_ffw_norm', width)] : []),
    norm('ffn_norm', width),
  ];
}

/** Every tensor of the model, by llama.cpp's names. */
export function decoderWeights(config: DecoderConfig): WeightShape[] {
  const { width, vocabulary, layers, bias, tied } = config;
  const shapes: WeightShape[] = [{ name: 'token_embd.weight', shape: [vocabulary, width] }];
  for (let layer = 0; layer < layers; layer++) {
    append(shapes, normShapes(config, layer));
    for (const module of decoderModules)
      shapes.push({ name: `blk.${layer}.${module}.weight`, shape: moduleShape(config, module) });
    if (bias)
      for (const module of biasedModules)
        shapes.push({ name: `blk.${layer}.${module}.bias`, shape: [moduleShape(config, module)[0]] });
  }
  shapes.push({ name: 'output_norm.weight', shape: [width] });
  if (!tied) shapes.push({ name: 'output.weight', shape: [vocabulary, width] });
  return shapes;
}

export const sizeOf = (shape: readonly number[]): number => shape.reduce((product, size) => product * size, 1);
export const parameterCount = (config: DecoderConfig): number =>
  decoderWeights(config).reduce((sum, { shape }) => sum + sizeOf(shape), 0);
