/**
 * A text encoder of our own for tests, in the layout of real ones: each word of a small vocabulary is a vector that says what it is about (animals, food, money, weather),
 * a text is the mean of its words. And a cross-encoder that scores two texts by the words that they share.
 */
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { encoderNetwork } from '../../methods/encoder/encoder-network.ts';
import { encoderShape } from '../../methods/encoder/encoder-shape.ts';
import { encoderTensors } from '../../methods/encoder/encoder-weights.ts';
import { gatherPieces } from '../../methods/gguf/bytes-in-memory.ts';
import { writeSafetensors } from '../../methods/gguf/safetensors.ts';
import { beginWeights } from '../../methods/neural/parameters.ts';
import { graphBuilder } from '../../methods/onnx/graph-builder.ts';

export const themes: readonly (readonly string[])[] = [
  ['cat', 'kitten', 'dog', 'puppy', 'horse', 'animal'],
  ['bread', 'soup', 'apple', 'cheese', 'food', 'kitchen'],
  ['money', 'bank', 'price', 'stock', 'loan', 'invoice'],
  ['rain', 'snow', 'storm', 'sun', 'weather', 'cloud'],
];
const special = ['[PAD]', '[UNK]', '[CLS]', '[SEP]'];
export const tinyWords: readonly string[] = [...special, 'the', 'a', ...themes.flat()];
export const tinySize = themes.length + 1;

/** The theme's axis, a little of the last axis that tells words of one theme apart; words of no theme have next to nothing. */
function vectorOf(word: string): number[] {
  const theme = themes.findIndex((words) => words.includes(word));
  const place = theme < 0 ? 0 : (themes[theme]?.indexOf(word) ?? 0) / 10;
  return [...themes.map((_, i) => (i === theme ? 1 : 0)), special.includes(word) ? 0 : place];
}

const tokenizerJson = {
  version: '1.0',
  truncation: null,
  padding: null,
  added_tokens: special.map((content, id) => ({
    id,
    content,
    single_word: false,
    lstrip: false,
    rstrip: false,
    normalized: false,
    special: true,
  })),
  normalizer: { type: 'Lowercase' },
  pre_tokenizer: { type: 'Whitespace' },
  post_processor: {
    type: 'TemplateProcessing',
    single: [
      { SpecialToken: { id: '[CLS]', type_id: 0 } },
      { Sequence: { id: 'A', type_id: 0 } },
      { SpecialToken: { id: '[SEP]', type_id: 0 } },
    ],
    pair: [
      { SpecialToken: { id: '[CLS]', type_id: 0 } },
      { Sequence: { id: 'A', type_id: 0 } },
      { SpecialToken: { id: '[SEP]', type_id: 0 } },
      { Sequence: { id: 'B', type_id: 1 } },
      { SpecialToken: { id: '[SEP]', type_id: 1 } },
    ],
    special_tokens: {
      '[CLS]': { id: '[CLS]', ids: [2], tokens: ['[CLS]'] },
      '[SEP]': { id: '[SEP]', ids: [3], tokens: ['[SEP]'] },
    },
  },
  decoder: null,
  model: { type: 'WordLevel', vocab: Object.fromEntries(tinyWords.map((word, i) => [word, i])), unk_token: '[UNK]' },
};

/** @param longest tokens that it takes, [CLS] and [SEP] included */
export async function writeTinyEncoder(folder: string, { longest = 32 }: { longest?: number } = {}): Promise<void> {
  const g = graphBuilder('tiny encoder');
  const ids = g.input('input_ids', 'int64', ['texts', 'tokens']);
  g.input('attention_mask', 'int64', ['texts', 'tokens']);
  const table = g.constant('float', [tinyWords.length, tinySize], tinyWords.flatMap(vectorOf));
  g.output('last_hidden_state', g.apply('Gather', [table, ids], { axis: 0 }), 'float', ['texts', 'tokens', tinySize]);
  await writeEncoder(folder, g.toBytes(), longest);
}

/** A BERT of some thousand weights, drawn, in the layout of published ones: config.json, tokenizer.json, model.safetensors. */
export async function writeTinyBert(folder: string, { longest = 32, padding = 0, width = 16 } = {}): Promise<void> {
  const config = {
    model_type: 'bert',
    vocab_size: tinyWords.length,
    hidden_size: width,
    num_hidden_layers: 2,
    num_attention_heads: 2,
    intermediate_size: 2 * width,
    hidden_act: 'gelu',
    max_position_embeddings: longest,
    pad_token_id: padding,
  };
  const shape = encoderShape(config);
  const network = encoderNetwork(shape, {
    length: longest,
    pool: 'mean',
    dropout: 0,
    output: { kind: 'classes', count: 2 },
  });
  const tensors = encoderTensors(shape, beginWeights(network, 5));
  await writeFiles(folder, {
    'config.json': JSON.stringify(config),
    'tokenizer.json': JSON.stringify(tokenizerJson),
    'tokenizer_config.json': JSON.stringify({ model_max_length: longest }),
    'model.safetensors': await gatherPieces(writeSafetensors(tensors)),
  });
}

/** One number for two texts: twice the shared themes, by the dot product of what both are about, less one. */
export async function writeTinyCrossEncoder(folder: string): Promise<void> {
  const g = graphBuilder('tiny cross-encoder');
  const ids = g.input('input_ids', 'int64', ['pairs', 'tokens']);
  const types = g.apply('Cast', [g.input('token_type_ids', 'int64', ['pairs', 'tokens'])], { to: 1 });
  const axis = g.constant('int64', [1], [1]);
  const table = g.constant('float', [tinyWords.length, tinySize], tinyWords.flatMap(vectorOf));
  const vectors = g.apply('Gather', [table, ids], { axis: 0 });
  const isSecond = g.apply('Unsqueeze', [types, g.constant('int64', [1], [2])]);
  const second = g.apply('ReduceSum', [g.apply('Mul', [vectors, isSecond]), axis], { keepdims: 0 });
  const first = g.apply('Sub', [g.apply('ReduceSum', [vectors, axis], { keepdims: 0 }), second]);
  const shared = g.apply('ReduceSum', [g.apply('Mul', [first, second]), axis], { keepdims: 1 });
  const scaled = g.apply('Sub', [g.apply('Mul', [shared, g.constant('float', [], [2])]), g.constant('float', [], [1])]);
  g.output('logits', scaled, 'float', ['pairs', 1]);
  await writeEncoder(folder, g.toBytes(), 32);
}

const writeEncoder = (folder: string, network: Uint8Array, longest: number): Promise<void> =>
  writeFiles(folder, {
    'model.onnx': network,
    'tokenizer.json': JSON.stringify(tokenizerJson),
    'tokenizer_config.json': JSON.stringify({ model_max_length: longest }),
    'config.json': JSON.stringify({ hidden_size: tinySize }),
  });

async function writeFiles(folder: string, files: Readonly<Record<string, string | Uint8Array>>): Promise<void> {
  await mkdir(folder, { recursive: true });
  for (const [name, content] of Object.entries(files)) await writeFile(join(folder, name), content);
}
