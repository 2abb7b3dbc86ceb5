/** What an encoder's `config.json` says of its shape. Families whose layers are those of BERT (Devlin et al. 2019); others are refused by name. */
import * as z from 'zod';
import { fail } from '../../shared/errors.ts';
import type { Activation } from '../../shared/neural/network.ts';

export const encoderFamilies = ['bert', 'roberta', 'xlm-roberta', 'distilbert'] as const;
export type EncoderFamily = (typeof encoderFamilies)[number];

export interface EncoderShape {
  readonly family: EncoderFamily;
  readonly layers: number;
  /** Length of a token's vector. */
  readonly width: number;
  readonly heads: number;
  /** Width inside the second half of a layer. */
  readonly hidden: number;
  readonly vocabulary: number;
  /** Tokens that it takes at most. */
  readonly longest: number;
  /** Row of the positions' table that the first token takes. */
  readonly firstPosition: number;
  /** The token that fills up. */
  readonly padding: number;
  readonly epsilon: number;
  readonly activation: Activation;
}

const whole = z.int().min(1);
const common = z.object({
  vocab_size: whole,
  max_position_embeddings: whole,
  pad_token_id: z.int().min(0).nullish(),
  position_embedding_type: z.string().nullish(),
});
const bert = common.extend({
  hidden_size: whole,
  num_hidden_layers: whole,
  num_attention_heads: whole,
  intermediate_size: whole,
  hidden_act: z.string(),
  layer_norm_eps: z.number().gt(0).nullish(),
});
const distilbert = common.extend({
  dim: whole,
  n_layers: whole,
  n_heads: whole,
  hidden_dim: whole,
  activation: z.string(),
  sinusoidal_pos_embds: z.boolean().nullish(),
});

const activations: Readonly<Record<string, Activation>> = {
  gelu: 'gelu-exact',
  gelu_new: 'gelu',
  gelu_pytorch_tanh: 'gelu',
  relu: 'relu',
  silu: 'silu',
  swish: 'silu',
};

/** @throws `encoder.unknown-family`, `encoder.unfit` */
export function encoderShape(config: unknown): EncoderShape {
  const { model_type: named } = z
    .object({ model_type: z.string().catch('') })
    .catch({ model_type: '' })
    .parse(config);
  const family = encoderFamilies.find((one) => one === named);
  if (family === undefined)
    throw fail('encoder.unknown-family', {
      message:
        named === ''
          ? 'The encoder’s config.json does not say which family it is of.'
          : `Encoders of the family “${named}” have no form here.`,
      mend: `Use one of these: ${encoderFamilies.join(', ')}; or, where it stays as it is, an encoder with an ONNX file.`,
      param: 'encoder',
      facts: { family: named },
    });
  const shape = family === 'distilbert' ? fromDistilBert(config) : fromBert(config, family);
  if (shape.width % shape.heads !== 0) throw unfit(`its ${shape.heads} heads do not divide a width of ${shape.width}`);
  return shape;
}

function fromBert(config: unknown, family: EncoderFamily): EncoderShape {
  const c = parsed(bert, config);
  const padding = c.pad_token_id ?? 0;
  // RoBERTa counts its positions on from the token that fills up.
  const firstPosition = family === 'bert' ? 0 : padding + 1;
  return {
    family,
    layers: c.num_hidden_layers,
    width: c.hidden_size,
    heads: c.num_attention_heads,
    hidden: c.intermediate_size,
    vocabulary: c.vocab_size,
    longest: c.max_position_embeddings - firstPosition,
    firstPosition,
    padding,
    epsilon: c.layer_norm_eps ?? 1e-12,
    activation: activationOf(c.hidden_act),
  };
}

function fromDistilBert(config: unknown): EncoderShape {
  const c = parsed(distilbert, config);
  return {
    family: 'distilbert',
    layers: c.n_layers,
    width: c.dim,
    heads: c.n_heads,
    hidden: c.hidden_dim,
    vocabulary: c.vocab_size,
    longest: c.max_position_embeddings,
    firstPosition: 0,
    padding: c.pad_token_id ?? 0,
    epsilon: 1e-12,
    activation: activationOf(c.activation),
  };
}

function parsed<T extends z.infer<typeof common>>(schema: z.ZodType<T>, config: unknown): T {
  const found = schema.safeParse(config);
  if (!found.success) {
    const [issue] = found.error.issues;
    throw unfit(`${issue?.path.join('.') ?? ''} of its config.json: ${issue?.message ?? 'has another form'}`);
  }
  const { position_embedding_type: positions } = found.data;
  if (positions !== null && positions !== undefined && positions !== 'absolute')
    throw unfit(`its positions are “${positions}”, and only absolute ones have a form here`);
  return found.data;
}

function activationOf(name: string): Activation {
  const found = activations[name];
  if (found === undefined) throw unfit(`its activation is “${name}”`);
  return found;
}

const unfit = (why: string) =>
  fail('encoder.unfit', {
    message: `The encoder cannot be read: ${why}.`,
    mend: 'Take an encoder of the BERT family as it was published.',
    param: 'encoder',
  });
