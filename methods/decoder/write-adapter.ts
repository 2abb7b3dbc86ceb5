import type { DecoderConfig, DecoderModule, Learns } from '../../shared/decoder.ts';
import { sizeOf } from './decoder-weights.ts';
import type { GgufValue } from '../gguf/gguf-file.ts';
import { type NamedTensor, writeSafetensors } from '../gguf/safetensors.ts';
import { writeGguf } from '../gguf/write-gguf.ts';
import { littleEndian } from '../onnx/protobuf-writer.ts';
import { learntParameters } from './learnt-parameters.ts';

export type AdapterLearns = Extract<Learns, { what: 'adapter' }>;

/** What was learnt, tensor by tensor. `flat` in the order of `learntParameters`. */
export function learntTensors(config: DecoderConfig, learns: Learns, flat: Float32Array): NamedTensor[] {
  let at = 0;
  return learntParameters(config, learns).map(({ name, shape }) => {
    const values = flat.subarray(at, at + sizeOf(shape));
    at += values.length;
    return { name, shape, values };
  });
}

/** The adapter as llama.cpp loads it beside its base. */
export function writeGgufAdapter(
  config: DecoderConfig,
  learns: AdapterLearns,
  flat: Float32Array,
  facts: { name: string; baseName: string },
): AsyncGenerator<Uint8Array> {
  const text = (value: string): GgufValue => ({ type: 'string', value });
  const metadata: [string, GgufValue][] = [
    ['general.architecture', text(config.family)],
    ['general.type', text('adapter')],
    ['general.name', text(facts.name)],
    ['general.base_model.count', { type: 'uint32', value: 1 }],
    ['general.base_model.0.name', text(facts.baseName)],
    ['adapter.type', text('lora')],
    ['adapter.lora.alpha', { type: 'float32', value: learns.alpha }],
    ['general.file_type', { type: 'uint32', value: 0 }],
  ];
  const tensors = learntTensors(config, learns, flat).map(({ name, shape, values }) => ({
    name,
    shape,
    type: 'F32' as const,
    bytes: () => [littleEndian(values)],
  }));
  return writeGguf(metadata, tensors);
}

const peftModules: Readonly<Record<DecoderModule, string>> = {
  attn_q: 'self_attn.q_proj',
  attn_k: 'self_attn.k_proj',
  attn_v: 'self_attn.v_proj',
  attn_output: 'self_attn.o_proj',
  ffn_gate: 'mlp.gate_proj',
  ffn_up: 'mlp.up_proj',
  ffn_down: 'mlp.down_proj',
};

/** The adapter as Hugging Face's peft loads it: `adapter_model.safetensors` and `adapter_config.json`. */
export function writePeftAdapter(
  config: DecoderConfig,
  learns: AdapterLearns,
  flat: Float32Array,
  baseName: string,
): { weights: Generator<Uint8Array>; config: string } {
  const tensors = learntTensors(config, learns, flat).map(({ name, shape, values }) => {
    const [, layer = '', module = '', which] = /^blk\.(\d+)\.(\w+)\.weight\.lora_([ab])$/.exec(name) ?? [];
    const known = learns.modules.find((one) => one === module);
    if (known === undefined) throw new Error(`${name} belongs to no module`);
    const turned = which === 'b' && config.interleaved ? rowsOfHalves(config, known, shape, values) : values;
    const side = which === 'a' ? 'A' : 'B';
    return {
      name: `base_model.model.model.layers.${layer}.${peftModules[known]}.lora_${side}.weight`,
      shape,
      values: turned,
    };
  });
  const settings = {
    peft_type: 'LORA',
    task_type: 'CAUSAL_LM',
    base_model_name_or_path: baseName,
    r: learns.rank,
    lora_alpha: learns.alpha,
    lora_dropout: 0,
    bias: 'none',
    fan_in_fan_out: false,
    inference_mode: true,
    target_modules: learns.modules.map((module) => peftModules[module].split('.')[1]),
  };
  return { weights: writeSafetensors(tensors, { format: 'pt' }), config: `${JSON.stringify(settings, null, 2)}\n` };
}

/**
 * llama.cpp stores the rows of Llama's queries and keys so that the two numbers which a rotation turns are neighbours; transformers has all first numbers of
 * a head before all second ones.
 */
function rowsOfHalves(
  { heads, keyHeads, headWidth }: DecoderConfig,
  module: DecoderModule,
  shape: readonly number[],
  values: Float32Array,
): Float32Array {
  const count = module === 'attn_q' ? heads : module === 'attn_k' ? keyHeads : 0;
  const [, columns = 0] = shape;
  const turned = values.slice();
  for (let head = 0; head < count; head++)
    for (let row = 0; row < headWidth; row++) {
      const from = head * headWidth + row;
      const to = head * headWidth + (row % 2) * (headWidth / 2) + Math.floor(row / 2);
      turned.set(values.subarray(from * columns, (from + 1) * columns), to * columns);
    }
  return turned;
}
