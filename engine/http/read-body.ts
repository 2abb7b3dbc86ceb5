/**
 * The one place that reads bodies: of answers, of requests to our own services, of files that are fetched. Whoever sends decides how much there is; here it ends at
 * the limit that the reader gives, and what is beyond it is not taken in.
 */

/** What a body is read from: a stream of `fetch`, a message of Node's HTTP. */
export type BodySource = AsyncIterable<Uint8Array> | null | undefined;
export interface BodyLimit {
  mostBytes: number;
  tooLarge: () => Error;
}

/** Piece by piece; whoever stops reading ends the transfer, where the source allows it. */
export async function* readPieces(source: BodySource, { mostBytes, tooLarge }: BodyLimit): AsyncGenerator<Uint8Array> {
  let bytes = 0;
  for await (const piece of source ?? []) {
    bytes += piece.length;
    if (bytes > mostBytes) throw tooLarge();
    yield piece;
  }
}

export async function readBytes(source: BodySource, limit: BodyLimit): Promise<Buffer> {
  const pieces: Uint8Array[] = [];
  for await (const piece of readPieces(source, limit)) pieces.push(piece);
  return Buffer.concat(pieces);
}

export const readText = async (source: BodySource, limit: BodyLimit): Promise<string> =>
  (await readBytes(source, limit)).toString('utf8');

/** Of what is only quoted: its beginning, also where it breaks off or never ends. The rest is not waited for. */
export async function readBeginning(source: BodySource, mostBytes: number): Promise<string> {
  const pieces: Uint8Array[] = [];
  let bytes = 0;
  try {
    for await (const piece of source ?? []) {
      pieces.push(piece.subarray(0, mostBytes - bytes));
      bytes += piece.length;
      if (bytes >= mostBytes) break;
    }
  } catch {
    // What came until then is quoted.
  }
  return Buffer.concat(pieces).toString('utf8');
}

/** Whole lines as they come, the last one also without its end. */
export async function* readLines(
  pieces: AsyncIterable<Uint8Array>,
  { mostCharacters, tooLong }: { mostCharacters: number; tooLong: () => Error },
): AsyncGenerator<string> {
  const decoder = new TextDecoder();
  let held: string[] = [];
  let length = 0;
  for await (const piece of pieces) {
    const [first = '', ...others] = decoder.decode(piece, { stream: true }).split('\n');
    held.push(first);
    length += first.length;
    if (length > mostCharacters) throw tooLong();
    for (const next of others) {
      yield held.join('').replace(/\r$/, '');
      [held, length] = [[next], next.length];
    }
  }
  const last = held.join('') + decoder.decode();
  if (last !== '') yield last;
}
