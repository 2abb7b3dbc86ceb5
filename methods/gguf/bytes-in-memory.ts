import { fail } from '../../shared/errors.ts';
import { joinChunks } from '../onnx/protobuf-writer.ts';
import type { ByteSource } from './gguf-file.ts';

/** Bytes that are already here, as a source. */
export const bytesInMemory = (bytes: Uint8Array, name = 'The file'): ByteSource => ({
  name,
  size: bytes.length,
  read: async (at, length) => {
    if (at + length > bytes.length)
      throw fail('file.too-short', {
        message: `${name} ends before byte ${at + length}.`,
        mend: 'Fetch or copy it again.',
      });
    return bytes.subarray(at, at + length);
  },
});

/** All pieces of a file that is written in pieces. */
export async function gatherPieces(
  pieces: Iterable<Uint8Array> | AsyncIterable<Uint8Array>,
): Promise<Uint8Array<ArrayBuffer>> {
  const gathered: Uint8Array[] = [];
  for await (const piece of pieces) gathered.push(piece);
  return joinChunks(gathered);
}
