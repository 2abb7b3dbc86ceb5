import type { GgufValue } from '../gguf/gguf-file.ts';
import { toHalves } from '../gguf/half.ts';
import { writeGguf } from '../gguf/write-gguf.ts';
import { littleEndian } from '../onnx/protobuf-writer.ts';
import type { Vocabulary } from '../tokenizer/tokenizer.ts';
import type { DecoderConfig } from './decoder-config.ts';
import { decoderWeights, parameterCount } from './decoder-weights.ts';

export interface DecoderFile {
  readonly config: DecoderConfig;
  readonly vocabulary: Vocabulary;
  /** Tensors by llama.cpp's names, as `decoderWeights` lists them. */
  readonly weights: ReadonlyMap<string, Float32Array>;
  readonly name: string;
  /** Jinja, `null` for a model that only continues text. */
  readonly template: string | null;
  readonly licence?: string;
  /** How matrices are stored; norms and biases are always float32. */
  readonly precision: 'F32' | 'F16';
}

const text = (value: string): GgufValue => ({ type: 'string', value });
const whole = (value: number): GgufValue => ({ type: 'uint32', value });
const real = (value: number): GgufValue => ({ type: 'float32', value });
const flag = (value: boolean): GgufValue => ({ type: 'bool', value });

/** A model file that llama.cpp runs, in pieces. */
export function writeDecoder(model: DecoderFile): AsyncGenerator<Uint8Array> {
  const tensors = decoderWeights(model.config).map(({ name, shape }) => {
    const type = shape.length > 1 ? model.precision : 'F32';
    const values = model.weights.get(name) ?? new Float32Array();
    return {
      name,
      shape,
      type,
      bytes: () => [type === 'F16' ? halfBytes(values) : littleEndian(values)],
    };
  });
  return writeGguf([...modelFacts(model), ...vocabularyFacts(model)], tensors);
}

function halfBytes(values: Float32Array): Uint8Array {
  const halves = toHalves(values);
  const bytes = new Uint8Array(halves.length * 2);
  const view = new DataView(bytes.buffer);
  for (let i = 0; i < halves.length; i++) view.setUint16(2 * i, halves[i] ?? 0, true);
  return bytes;
}

function modelFacts({ config, name, licence, precision }: DecoderFile): [string, GgufValue][] {
  const key = (suffix: string): string => `${config.family}.${suffix}`;
  return [
    ['general.architecture', text(config.family)],
    ['general.type', text('model')],
    ['general.name', text(name)],
    ...(licence === undefined ? [] : [['general.license', text(licence)] satisfies [string, GgufValue]]),
    ['general.parameter_count', { type: 'uint64', value: parameterCount(config) }],
    ['general.file_type', whole(precision === 'F32' ? 0 : 1)],
    [key('block_count'), whole(config.layers)],
    [key('context_length'), whole(config.context)],
    [key('embedding_length'), whole(config.width)],
    [key('feed_forward_length'), whole(config.hidden)],
    [key('attention.head_count'), whole(config.heads)],
    [key('attention.head_count_kv'), whole(config.keyHeads)],
    [key('attention.key_length'), whole(config.headWidth)],
    [key('attention.value_length'), whole(config.headWidth)],
    [key('attention.layer_norm_rms_epsilon'), real(config.epsilon)],
    [key('rope.dimension_count'), whole(config.headWidth)],
    [key('rope.freq_base'), real(config.theta)],
    [key('vocab_size'), whole(config.vocabulary)],
    ...(config.window === null
      ? []
      : [
          [key('attention.sliding_window'), whole(config.window.tokens)] satisfies [string, GgufValue],
          [key('rope.freq_base_swa'), real(config.window.theta)] satisfies [string, GgufValue],
        ]),
  ];
}

function vocabularyFacts({ vocabulary, template }: DecoderFile): [string, GgufValue][] {
  const key = (suffix: string): string => `tokenizer.ggml.${suffix}`;
  const { form, tokens, kinds, merges, scores, family, begin, end } = vocabulary;
  return [
    [key('model'), text(form === 'bytes' ? 'gpt2' : 'llama')],
    ...(form === 'bytes' ? [[key('pre'), text(family)] satisfies [string, GgufValue]] : []),
    [key('tokens'), { type: 'strings', values: tokens }],
    [key('token_type'), { type: 'numbers', of: 'int32', values: kinds }],
    form === 'bytes'
      ? [key('merges'), { type: 'strings', values: merges }]
      : [key('scores'), { type: 'numbers', of: 'float32', values: scores }],
    ...(begin === null ? [] : [[key('bos_token_id'), whole(begin)] satisfies [string, GgufValue]]),
    ...(end === null ? [] : [[key('eos_token_id'), whole(end)] satisfies [string, GgufValue]]),
    [key('add_bos_token'), flag(vocabulary.addBegin)],
    [key('add_space_prefix'), flag(vocabulary.spaceBefore)],
    ...(template === null ? [] : [['tokenizer.chat_template', text(template)] satisfies [string, GgufValue]]),
  ];
}
