/** The text of a document: plain text, Markdown, HTML, PDF. */
import { extname } from 'node:path';
import { fail } from '../../shared/errors.ts';
import type { ReadDocument } from '../../shared/text-service.ts';
import { readHtml } from './read-html.ts';
import { readPdf } from './read-pdf.ts';

export async function readDocument(bytes: Uint8Array, name: string, signal: AbortSignal): Promise<ReadDocument> {
  switch (extname(name).toLowerCase()) {
    case '.pdf':
      return readPdf(bytes, name, signal);
    case '.html':
    case '.htm':
    case '.xhtml':
      return { kind: 'html', pages: null, ...readHtml(decodeText(bytes, name)) };
    case '.md':
    case '.markdown': {
      const text = decodeText(bytes, name);
      return { kind: 'markdown', title: /^#{1,2}[ \t]+(.+?)[ \t]*#*$/m.exec(text)?.[1] ?? null, text, pages: null };
    }
    default:
      return { kind: 'text', title: null, text: decodeText(bytes, name), pages: null };
  }
}

/** UTF-8, or UTF-16 by its mark, else the Western European code page that older programs write; line ends made one. */
export function decodeText(bytes: Uint8Array, name: string): string {
  if (bytes.subarray(0, 4096).includes(0) && !hasUtf16Mark(bytes))
    throw fail('document.damaged', {
      message: `"${name}" is not a text: it holds bytes of zero.`,
      mend: 'Take it out of the folder, or give it the ending of its kind.',
      facts: { file: name },
    });
  return decode(bytes).replaceAll('\r\n', '\n').replaceAll('\r', '\n');
}

const hasUtf16Mark = (bytes: Uint8Array): boolean =>
  (bytes[0] === 0xff && bytes[1] === 0xfe) || (bytes[0] === 0xfe && bytes[1] === 0xff);

function decode(bytes: Uint8Array): string {
  if (hasUtf16Mark(bytes)) return new TextDecoder(bytes[0] === 0xff ? 'utf-16le' : 'utf-16be').decode(bytes);
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes);
  } catch {
    return new TextDecoder('windows-1252').decode(bytes);
  }
}
