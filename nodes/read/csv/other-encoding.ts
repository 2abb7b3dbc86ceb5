/** A file that is not in the encoding that was chosen: which one it looks like, and the others that read it. */
import { guessEncodings } from '../../../methods/text/guess-encoding.ts';
import type { OddBytes } from '../../../shared/capabilities.ts';
import type { Finding } from '../../../shared/spec/define-spec.ts';
import { sayEncoding, type TextEncoding } from '../../../shared/media/text-encodings.ts';
import type { CsvParams } from './read-csv-sql.ts';

/** DuckDB's words for bytes that are no letters. */
export const isEncodingFailure = (said: string): boolean => /unicode|utf-?(8|16)\b|is not [\w-]+ encoded/i.test(said);

/** More are a list to search through, not a choice. */
const mostOffered = 3;

export function otherEncoding(node: string, p: CsvParams, said: string, { head, lines }: OddBytes): Finding {
  // Of Western letters without the signs that only Windows has, Latin-1 says the same, and such a file is read as it lies.
  const hasWindowsSigns = lines.some((byte) => byte >= 0x80 && byte <= 0x9f);
  const likely = guessEncodings(head, lines)
    .map((encoding): TextEncoding => (encoding === 'windows-1252' && !hasWindowsSigns ? 'latin-1' : encoding))
    .filter((encoding) => encoding !== p.encoding)
    .slice(0, mostOffered);
  const line = /Line:? (\d+)/i.exec(said)?.[1];
  const [first, ...others] = likely;
  if (p.encoding === 'utf-8' && isMostlyUtf8(lines))
    return {
      code: 'csv.encoding',
      message: `The file is UTF-8, but ${line === undefined ? 'some lines have' : `line ${line} has`} bytes that are no letters in it.`,
      mend: 'Correct the line: it may have been joined from a file in another encoding, or cut within a letter.',
      param: 'encoding',
    };
  return {
    code: 'csv.encoding',
    message: `The file is not ${sayEncoding(p.encoding)}${line === undefined || isWide(first) ? '' : `: line ${line} has other letters`}.`,
    mend:
      first === undefined
        ? 'If it is a text, choose its encoding, or save it as UTF-8 (in Excel: “CSV UTF-8”) and choose it again.'
        : `Set the encoding to ${sayEncoding(first)}, which it looks like${others.length === 0 ? '' : `; else ${others.map(sayEncoding).join(' or ')}`}. Look whether the letters come out right.`,
    param: 'encoding',
    ...(first === undefined
      ? {}
      : {
          fixes: likely.map((encoding) => ({
            do: 'set' as const,
            title: `Read it as ${sayEncoding(encoding)}`,
            node,
            param: 'encoding',
            value: encoding,
          })),
        }),
  };
}

/** More than half of the lines with letters beyond ASCII read well: no file in another encoding does that. */
function isMostlyUtf8(lines: Uint8Array): boolean {
  const all = new TextDecoder()
    .decode(lines)
    .split('\n')
    .filter((text) => text !== '');
  return all.filter((text) => !text.includes('\uFFFD')).length * 2 > all.length;
}

export const isWideText = (head: Uint8Array): boolean => isWide(guessEncodings(head, Uint8Array.of())[0]);
const isWide = (encoding: TextEncoding | undefined): boolean => encoding === 'utf-16' || encoding === 'utf-16be';
