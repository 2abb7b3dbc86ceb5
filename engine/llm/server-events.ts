/** Server-sent events of an HTTP answer: the text of each `data:`. */
import { readLines, readPieces, type BodySource } from '../http/read-body.ts';

/** One event of a model's answer holds a word, or at most the passages that it was drawn from. */
const longestLine = 8 << 20;

export async function* readServerEvents(
  body: BodySource,
  { mostBytes, tooLarge }: { mostBytes: number; tooLarge: (what: string) => Error },
): AsyncGenerator<string> {
  const pieces = readPieces(body, { mostBytes, tooLarge: () => tooLarge(`${Math.round(mostBytes / 1e6)} MB`) });
  const limit = {
    mostCharacters: longestLine,
    tooLong: () => tooLarge(`${Math.round(longestLine / 1e6)} MB without the end of a line`),
  };
  for await (const line of readLines(pieces, limit)) if (line.startsWith('data:')) yield line.slice(5).trim();
}
