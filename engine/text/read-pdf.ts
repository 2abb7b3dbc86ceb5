/** The text of a PDF, page by page, by pdf.js. A page that holds only pictures gives no text. */
import { existsSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { fail, toProblem } from '../../shared/errors.ts';
import type { ReadDocument } from '../../shared/media/text-service.ts';

export async function readPdf(bytes: Uint8Array, name: string, signal: AbortSignal): Promise<ReadDocument> {
  const { getDocument, VerbosityLevel } = await import('pdfjs-dist/legacy/build/pdf.mjs');
  // By name: in the engine for other machines, which is one file, the parser would look in vain for its worker beside itself.
  Object.assign(globalThis, { pdfjsWorker: await import('pdfjs-dist/legacy/build/pdf.worker.mjs') });
  // A copy: the parser takes the bytes for its own.
  const loading = getDocument({
    data: new Uint8Array(bytes),
    verbosity: VerbosityLevel.ERRORS,
    disableFontFace: true,
    useSystemFonts: false,
    cMapUrl: characterMaps(),
  });
  try {
    const document = await loading.promise;
    const pages: string[] = [];
    for (let number = 1; number <= document.numPages; number++) {
      signal.throwIfAborted();
      const page = await document.getPage(number);
      const { items } = await page.getTextContent();
      pages.push(
        items
          .map((item) => ('str' in item ? item.str + (item.hasEOL ? '\n' : '') : ''))
          .join('')
          // What a glyph without a character gives.
          .replaceAll('\0', '')
          .trim(),
      );
      page.cleanup();
    }
    const { info } = await document.getMetadata();
    const title: unknown = 'Title' in info ? info.Title : undefined;
    return {
      kind: 'pdf',
      title: typeof title === 'string' && title.trim() !== '' ? title.trim() : null,
      text: pages.join('\n\n').trim(),
      pages: document.numPages,
      guessed: false,
    };
  } catch (cause) {
    signal.throwIfAborted();
    throw fail(
      'document.damaged',
      {
        message: `"${name}" cannot be read as PDF: ${toProblem(cause).message}`,
        mend: 'Open it in another program and save it anew; a protected file must be freed first.',
        facts: { file: name },
      },
      { cause },
    );
  } finally {
    await loading.destroy();
  }
}

/**
 * The folder of what codes mean in Chinese, Japanese and Korean fonts: their PDF files name a table and do not hold it. It lies in the parser's package,
 * or beside the engine for other machines.
 */
function characterMaps(): string {
  const beside = fileURLToPath(new URL('cmaps/', import.meta.url));
  if (existsSync(beside)) return beside;
  return join(dirname(createRequire(import.meta.url).resolve('pdfjs-dist/package.json')), 'cmaps/');
}
