/** The GGUF files of one model, opened for reading tensor by tensor. */
import { open } from 'node:fs/promises';
import { basename } from 'node:path';
import { decoderConfig } from '../../methods/decoder/decoder-config.ts';
import type { GgufFile } from '../../methods/gguf/gguf-file.ts';
import { readGguf, readTensor } from '../../methods/gguf/read-gguf.ts';
import type { DecoderConfig, FilePieces } from '../../shared/decoder.ts';
import { fail } from '../../shared/errors.ts';

export interface OpenFile extends FilePieces {
  close: () => Promise<void>;
}

export async function openFile(path: string): Promise<OpenFile> {
  const handle = await open(path);
  const name = basename(path);
  return {
    name,
    size: (await handle.stat()).size,
    async read(at, length) {
      const bytes = new Uint8Array(length);
      for (let done = 0; done < length;) {
        const { bytesRead } = await handle.read(bytes, done, length - done, at + done);
        if (bytesRead === 0)
          throw fail('gguf.damaged', { message: `${name} ends too early.`, mend: 'Fetch or copy the file again.' });
        done += bytesRead;
      }
      return bytes;
    },
    close: () => handle.close(),
  };
}

export interface ModelParts extends AsyncDisposable {
  /** Metadata of the first part, tensors of all. */
  readonly file: GgufFile;
  readonly config: DecoderConfig;
  read: (name: string) => Promise<Float32Array<ArrayBuffer>>;
}

/** @throws `decoder.unknown-family`, `decoder.unsupported`, `gguf.*` */
export async function openModelParts(paths: readonly string[]): Promise<ModelParts> {
  await using opened = new AsyncDisposableStack();
  const parts: { source: OpenFile; file: GgufFile }[] = [];
  for (const path of paths) {
    const source = await openFile(path);
    opened.defer(() => source.close());
    parts.push({ source, file: await readGguf(source) });
  }
  const first = parts[0];
  if (!first) throw new Error('a model without files');
  const tensors = new Map(parts.flatMap(({ file }) => [...file.tensors]));
  const file: GgufFile = { ...first.file, tensors };
  const read = async (name: string): Promise<Float32Array<ArrayBuffer>> => {
    const part = parts.find((one) => one.file.tensors.has(name)) ?? first;
    return readTensor(part.source, part.file, name);
  };
  const divisors = tensors.has('rope_freqs.weight') ? [...(await read('rope_freqs.weight'))] : null;
  const config = decoderConfig(file, divisors);
  const kept = opened.move();
  return { file, config, read, [Symbol.asyncDispose]: () => kept.disposeAsync() };
}
