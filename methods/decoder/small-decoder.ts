import type { DecoderConfig } from '../../shared/decoder.ts';

export interface SmallDecoderSize {
  readonly vocabulary: number;
  readonly layers: number;
  readonly width: number;
  readonly heads: number;
  readonly context: number;
}

/** A decoder of the Llama family to be trained from nothing: half as many heads for keys where they are even, a hidden width of 8/3, one table for both ends. */
export function smallDecoder({ vocabulary, layers, width, heads, context }: SmallDecoderSize): DecoderConfig {
  return {
    family: 'llama',
    layers,
    width,
    heads,
    keyHeads: heads % 2 === 0 ? heads / 2 : heads,
    headWidth: width / heads,
    // Whole blocks of 32, as quantised files want them.
    hidden: Math.ceil((width * 8) / 3 / 32) * 32,
    vocabulary,
    context,
    epsilon: 1e-5,
    theta: 10_000,
    positionScale: 1,
    frequencyDivisors: null,
    window: null,
    activation: 'silu',
    embeddingScale: 1,
    headNorm: false,
    postNorm: false,
    bias: false,
    tied: true,
    interleaved: true,
  };
}

/** Conversations as ChatML: what a model from scratch is taught and what its file says. */
export const smallDecoderTemplate =
  "{% for message in messages %}<|im_start|>{{ message['role'] }}\n{{ message['content'] }}<|im_end|>\n{% endfor %}{% if add_generation_prompt %}<|im_start|>assistant\n{% endif %}";
export const smallDecoderSpecials = ['<s>', '<|im_start|>', '<|im_end|>'] as const;
