/** The encoder inside a model as the files that transformers, sentence-transformers and our own kinds read. */
import type { ModelInput } from '../../shared/capabilities.ts';
import { fail } from '../../shared/errors.ts';
import { encoderShape } from '../../methods/encoder/encoder-shape.ts';
import { readEncoderTexts } from '../../methods/encoder/encoder-texts.ts';
import { encoderTensors } from '../../methods/encoder/encoder-weights.ts';
import { decodeEstimator } from '../../methods/estimator/estimator.ts';
import { gatherPieces } from '../../methods/gguf/bytes-in-memory.ts';
import { writeSafetensors } from '../../methods/gguf/safetensors.ts';
import type { OpenedModel } from './open-model.ts';

type EncoderFile = Awaited<ReturnType<ModelInput['toEncoder']>>[number];

/** @throws `model.no-encoder` */
export async function exportEncoder({ model, blobs }: OpenedModel): Promise<EncoderFile[]> {
  const estimator = decodeEstimator(model.estimator, blobs);
  if (estimator.form !== 'neural' || estimator.encoding.kind !== 'wordpieces' || estimator.tokens === undefined)
    throw fail('model.no-encoder', {
      message: 'There is no text encoder in this model.',
      mend: 'Wire a model that the kind "Encoder" has trained.',
      port: 'model',
    });
  const { encoding, network, weights } = estimator;
  const { config, tokenizer, tokenizerConfig } = readEncoderTexts(estimator.tokens);
  const shape = encoderShape(config);
  const { length } = encoding;
  const pool = network.layers.find((layer) => layer.layer === 'global-pool')?.by ?? 'mean';
  const json = (name: string, value: unknown): EncoderFile => ({
    name,
    bytes: new TextEncoder().encode(`${JSON.stringify(value, null, 2)}\n`),
  });
  return [
    json('config.json', {
      ...config,
      // So many places were trained; and one segment, which is in them.
      max_position_embeddings: length + shape.firstPosition,
      ...(shape.family === 'distilbert' ? {} : { type_vocab_size: 1 }),
    }),
    json('tokenizer.json', tokenizer),
    json('tokenizer_config.json', { ...tokenizerConfig, model_max_length: length }),
    json('sentence_bert_config.json', { max_seq_length: length }),
    json('modules.json', [
      { idx: 0, name: '0', path: '', type: 'sentence_transformers.models.Transformer' },
      { idx: 1, name: '1', path: '1_Pooling', type: 'sentence_transformers.models.Pooling' },
    ]),
    json('1_Pooling/config.json', {
      word_embedding_dimension: shape.width,
      pooling_mode_cls_token: pool === 'first',
      pooling_mode_mean_tokens: pool === 'mean',
    }),
    {
      name: 'model.safetensors',
      bytes: await gatherPieces(writeSafetensors(encoderTensors(shape, weights), { format: 'pt' })),
    },
  ];
}
