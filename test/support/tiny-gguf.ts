/** A language model of some hundred kilobytes with random weights, as llama.cpp runs it: for tests that need a real engine and no download. It writes nonsense, always the same. */
import { writeFileSync } from 'node:fs';

type MetaValue = string | number | boolean | readonly string[] | { int32: readonly number[] } | { f32: number };

class Bytes {
  readonly parts: Buffer[] = [];
  length = 0;
  push(part: Buffer): void {
    this.parts.push(part);
    this.length += part.length;
  }
  u32(value: number): void {
    const part = Buffer.alloc(4);
    part.writeUInt32LE(value);
    this.push(part);
  }
  u64(value: number): void {
    const part = Buffer.alloc(8);
    part.writeBigUInt64LE(BigInt(value));
    this.push(part);
  }
  text(value: string): void {
    const bytes = Buffer.from(value, 'utf8');
    this.u64(bytes.length);
    this.push(bytes);
  }
  pad(to: number): void {
    this.push(Buffer.alloc((to - (this.length % to)) % to));
  }
}

function writeMeta(out: Bytes, key: string, value: MetaValue): void {
  out.text(key);
  if (typeof value === 'string') {
    out.u32(8);
    out.text(value);
  } else if (typeof value === 'boolean') {
    out.u32(7);
    out.push(Buffer.from([value ? 1 : 0]));
  } else if (typeof value === 'number') {
    out.u32(4);
    out.u32(value);
  } else if ('f32' in value) {
    out.u32(6);
    const part = Buffer.alloc(4);
    part.writeFloatLE(value.f32);
    out.push(part);
  } else if ('int32' in value) {
    out.u32(9);
    out.u32(5);
    out.u64(value.int32.length);
    out.push(Buffer.from(Int32Array.from(value.int32).buffer));
  } else {
    out.u32(9);
    out.u32(8);
    out.u64(value.length);
    for (const item of value) out.text(item);
  }
}

/** GPT-2's names of the 256 bytes. */
function byteNames(): string[] {
  const plain = (b: number): boolean => (b >= 33 && b <= 126) || (b >= 161 && b <= 172) || b >= 174;
  let next = 256;
  return Array.from({ length: 256 }, (_, b) => String.fromCodePoint(plain(b) ? b : next++));
}

/** mulberry32 and Box-Muller: the same numbers everywhere. */
function normals(seed: number): () => number {
  let state = seed;
  const uniform = (): number => {
    state = (state + 0x6d2b79f5) | 0;
    let t = Math.imul(state ^ (state >>> 15), 1 | state);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) / 4294967296;
  };
  return () => Math.sqrt(-2 * Math.log(uniform() + 1e-12)) * Math.cos(2 * Math.PI * uniform());
}

export const tinyTemplate =
  '{% for m in messages %}<|im_start|>{{ m.role }}\n{{ m.content }}<|im_end|>\n{% endfor %}{% if add_generation_prompt %}<|im_start|>assistant\n{% endif %}';

export interface TinyOptions {
  seed?: number;
  /** Null: a base model. */
  template?: string | null;
  name?: string;
}

const [width, layers, heads, kvHeads, hidden] = [64, 2, 4, 2, 128];

/** Writes the file and gives its path. */
export function writeTinyGguf(
  path: string,
  { seed = 1, template = tinyTemplate, name = 'Tiny' }: TinyOptions = {},
): string {
  const specials = ['<s>', '</s>', '<|im_start|>', '<|im_end|>'];
  const tokens = [...specials, ...byteNames(), 'Ġt', 'he', 'an'];
  const meta: [string, MetaValue][] = [
    ['general.architecture', 'llama'],
    ['general.name', name],
    ['general.license', 'apache-2.0'],
    ['general.file_type', 0],
    ['llama.context_length', 2048],
    ['llama.embedding_length', width],
    ['llama.block_count', layers],
    ['llama.feed_forward_length', hidden],
    ['llama.attention.head_count', heads],
    ['llama.attention.head_count_kv', kvHeads],
    ['llama.attention.layer_norm_rms_epsilon', { f32: 1e-5 }],
    ['llama.rope.dimension_count', width / heads],
    ['llama.vocab_size', tokens.length],
    ['tokenizer.ggml.model', 'gpt2'],
    ['tokenizer.ggml.pre', 'gpt-2'],
    ['tokenizer.ggml.tokens', tokens],
    ['tokenizer.ggml.token_type', { int32: tokens.map((_, i) => (i < specials.length ? 3 : 1)) }],
    ['tokenizer.ggml.merges', ['Ġ t', 'h e', 'a n']],
    ['tokenizer.ggml.bos_token_id', 0],
    ['tokenizer.ggml.eos_token_id', 3],
    ['tokenizer.ggml.add_bos_token', true],
    ...(template === null ? [] : ([['tokenizer.chat_template', template]] satisfies [string, MetaValue][])),
  ];
  const kvWidth = (width / heads) * kvHeads;
  const shapes: [string, number[]][] = [['token_embd.weight', [width, tokens.length]]];
  for (let i = 0; i < layers; i++)
    shapes.push(
      [`blk.${i}.attn_norm.weight`, [width]],
      [`blk.${i}.attn_q.weight`, [width, width]],
      [`blk.${i}.attn_k.weight`, [width, kvWidth]],
      [`blk.${i}.attn_v.weight`, [width, kvWidth]],
      [`blk.${i}.attn_output.weight`, [width, width]],
      [`blk.${i}.ffn_norm.weight`, [width]],
      [`blk.${i}.ffn_gate.weight`, [width, hidden]],
      [`blk.${i}.ffn_up.weight`, [width, hidden]],
      [`blk.${i}.ffn_down.weight`, [hidden, width]],
    );
  shapes.push(['output_norm.weight', [width]], ['output.weight', [width, tokens.length]]);
  writeFileSync(path, ggufBytes(meta, shapes, normals(seed)));
  return path;
}

/** The end of an answer, and ASCII's printable bytes behind the four special tokens. */
const isReadable = (token: number): boolean => token === 3 || (token >= 4 + 32 && token <= 4 + 126);

function ggufBytes(meta: [string, MetaValue][], shapes: [string, number[]][], normal: () => number): Buffer {
  const out = new Bytes();
  out.push(Buffer.from('GGUF'));
  out.u32(3);
  out.u64(shapes.length);
  out.u64(meta.length);
  for (const [key, value] of meta) writeMeta(out, key, value);
  const size = (dims: readonly number[]): number => dims.reduce((a, b) => a * b, 1);
  let offset = 0;
  for (const [tensor, dims] of shapes) {
    out.text(tensor);
    out.u32(dims.length);
    for (const dim of dims) out.u64(dim);
    out.u32(0);
    out.u64(offset);
    offset += Math.ceil((size(dims) * 4) / 32) * 32;
  }
  out.pad(32);
  for (const [tensor, dims] of shapes) {
    const inner = dims[0] ?? 1;
    const scale = 1.4 / Math.sqrt(inner);
    // Readable nonsense: what is no plain letter is rarely the likeliest.
    const damp = (i: number): number => (tensor === 'output.weight' && !isReadable(Math.floor(i / inner)) ? 0.15 : 1);
    const values = Float32Array.from({ length: size(dims) }, (_, i) =>
      tensor.endsWith('norm.weight') ? 1 : normal() * scale * damp(i),
    );
    out.push(Buffer.from(values.buffer));
    out.pad(32);
  }
  return Buffer.concat(out.parts);
}

/** A LoRA adapter for the tiny model, of rank 4, with random weights: strong enough to change what it says. */
export function writeTinyAdapter(path: string, seed = 9): string {
  const rank = 4;
  const meta: [string, MetaValue][] = [
    ['general.architecture', 'llama'],
    ['general.type', 'adapter'],
    ['adapter.type', 'lora'],
    ['adapter.lora.alpha', { f32: 16 }],
  ];
  const shapes = Array.from({ length: layers }, (_, i): [string, number[]][] => [
    [`blk.${i}.attn_q.weight.lora_a`, [width, rank]],
    [`blk.${i}.attn_q.weight.lora_b`, [rank, width]],
    [`blk.${i}.ffn_up.weight.lora_a`, [width, rank]],
    [`blk.${i}.ffn_up.weight.lora_b`, [rank, hidden]],
  ]).flat();
  writeFileSync(path, ggufBytes(meta, shapes, normals(seed)));
  return path;
}
