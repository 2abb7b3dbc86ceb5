/** The text of a document: plain text, Markdown, HTML, PDF. */
import { extname } from 'node:path';
import { fail } from '../../shared/errors.ts';
import type { ReadDocument } from '../../shared/media/text-service.ts';
import { readHtml } from './read-html.ts';
import { readPdf } from './read-pdf.ts';

export async function readDocument(bytes: Uint8Array, name: string, signal: AbortSignal): Promise<ReadDocument> {
  switch (extname(name).toLowerCase()) {
    case '.pdf':
      return readPdf(bytes, name, signal);
    case '.html':
    case '.htm':
    case '.xhtml': {
      const { text, guessed } = decodeText(bytes, name, declaredEncoding(bytes));
      return { kind: 'html', pages: null, guessed, ...readHtml(text) };
    }
    case '.md':
    case '.markdown': {
      const { text, guessed } = decodeText(bytes, name);
      return { kind: 'markdown', title: firstHeading(text), text, pages: null, guessed };
    }
    default:
      return { kind: 'text', title: null, pages: null, ...decodeText(bytes, name) };
  }
}

/** The first heading of either form, those within fences of code left aside. */
function firstHeading(markdown: string): string | null {
  const text = markdown.replace(/^(```|~~~)[^]*?^\1/gm, '');
  const [, marked, underlined] = /^#{1,2}[ \t]+(.+?)[ \t]*#*$|^(?=\S)(.*\S)[ \t]*\n={3,}[ \t]*$/m.exec(text) ?? [];
  return marked ?? underlined ?? null;
}

/** What a page says of its own letters: `<meta charset>`, the older form of it, or XML's first line. */
function declaredEncoding(bytes: Uint8Array): string | undefined {
  const head = new TextDecoder('latin1').decode(bytes.subarray(0, 4096));
  return (
    /<meta[^>]+charset\s*=\s*["']?\s*([\w:.-]+)/i.exec(head)?.[1] ??
    /^<\?xml[^>]+encoding=["']([\w:.-]+)/.exec(head)?.[1]
  );
}

/**
 * UTF-8, or UTF-16 by its mark, or what the text says itself, else the Western European code page that older programs write, which is a guess; line ends
 * made one.
 */
function decodeText(bytes: Uint8Array, name: string, declared?: string): { text: string; guessed: boolean } {
  if (bytes.subarray(0, 4096).includes(0) && !hasUtf16Mark(bytes))
    throw fail('document.damaged', {
      message: `"${name}" is not a text: it holds bytes of zero.`,
      mend: 'Take it out of the folder, or give it the ending of its kind.',
      facts: { file: name },
    });
  const { text, guessed } = decode(bytes, declared);
  return { text: text.replaceAll('\r\n', '\n').replaceAll('\r', '\n'), guessed };
}

const hasUtf16Mark = (bytes: Uint8Array): boolean =>
  (bytes[0] === 0xff && bytes[1] === 0xfe) || (bytes[0] === 0xfe && bytes[1] === 0xff);

function decode(bytes: Uint8Array, declared?: string): { text: string; guessed: boolean } {
  if (hasUtf16Mark(bytes)) {
    const mark = bytes[0] === 0xff ? 'utf-16le' : 'utf-16be';
    return { text: new TextDecoder(mark).decode(bytes), guessed: false };
  }
  // In seven bits, so that its bytes could be those of UTF-8.
  const sevenBits = /^iso-2022/i.test(declared ?? '');
  const said =
    (sevenBits ? undefined : decodeAs('utf-8', bytes, true)) ?? (declared && decodeAs(declared, bytes, false));
  return { text: said ?? new TextDecoder('windows-1252').decode(bytes), guessed: said === undefined };
}

/** @returns undefined where the bytes are not that, or nobody knows the name. */
function decodeAs(encoding: string, bytes: Uint8Array, fatal: boolean): string | undefined {
  try {
    return new TextDecoder(encoding, { fatal }).decode(bytes);
  } catch {
    return undefined;
  }
}
