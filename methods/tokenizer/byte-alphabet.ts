/**
 * The alphabet of byte-level tokenizers (Radford et al., "Language Models are Unsupervised Multitask Learners", 2019): each of the 256 bytes has a printable
 * character, so that a vocabulary is a list of ordinary texts.
 */
import { append } from '../../shared/append.ts';
const isPrintable = (byte: number): boolean =>
  (byte >= 33 && byte <= 126) || (byte >= 161 && byte <= 172) || byte >= 174;

let next = 256;
/** The character of each byte. */
export const byteCharacters: readonly string[] = Array.from({ length: 256 }, (_, byte) =>
  String.fromCharCode(isPrintable(byte) ? byte : next++),
);
const byteOfCharacter = new Map(byteCharacters.map((character, byte) => [character, byte]));

/** The text's UTF-8 bytes, each as its character. */
export function toByteCharacters(text: string): string {
  let written = '';
  for (const byte of new TextEncoder().encode(text)) written += byteCharacters[byte] ?? '';
  return written;
}

/** The bytes again. A character outside the alphabet stands for its own UTF-8 bytes. */
export function fromByteCharacters(written: string): Uint8Array {
  const bytes: number[] = [];
  for (const character of written) {
    const byte = byteOfCharacter.get(character);
    if (byte === undefined) append(bytes, new TextEncoder().encode(character));
    else bytes.push(byte);
  }
  return Uint8Array.from(bytes);
}
