const helvetica = '<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica >>';
/** As many programs write Japanese: the codes are those of Shift JIS, and the font is the reader's. */
export const japaneseFont =
  '<< /Type /Font /Subtype /Type0 /BaseFont /HeiseiMin-W3 /Encoding /90ms-RKSJ-H /DescendantFonts [<< /Type /Font /Subtype /CIDFontType0 /BaseFont /HeiseiMin-W3' +
  ' /CIDSystemInfo << /Registry (Adobe) /Ordering (Japan1) /Supplement 2 >> /FontDescriptor << /Type /FontDescriptor /FontName /HeiseiMin-W3 /Flags 4' +
  ' /FontBBox [0 -200 1000 900] /ItalicAngle 0 /Ascent 700 /Descent -200 /StemV 80 >> >>] >>';

/** A small PDF of our own for tests: a page for each text, in Helvetica or in a font of yours. A text holds one character for each byte. */
export function pdfOf(pages: readonly string[], font = helvetica): Uint8Array {
  const objects: string[] = [];
  const add = (body: string): number => objects.push(body);
  add('<< /Type /Catalog /Pages 2 0 R >>');
  add(`<< /Type /Pages /Count ${pages.length} /Kids [${pages.map((_, i) => `${4 + 2 * i} 0 R`).join(' ')}] >>`);
  add(font);
  for (const [i, text] of pages.entries()) {
    add(
      `<< /Type /Page /Parent 2 0 R /MediaBox [0 0 300 200] /Resources << /Font << /F1 3 0 R >> >> /Contents ${5 + 2 * i} 0 R >>`,
    );
    const stream = text === '' ? '' : `BT /F1 12 Tf 20 150 Td (${text.replace(/[()\\]/g, String.raw`\$&`)}) Tj ET`;
    add(`<< /Length ${stream.length} >>\nstream\n${stream}\nendstream`);
  }
  let file = '%PDF-1.4\n';
  const places: number[] = [];
  for (const [i, body] of objects.entries()) {
    places.push(file.length);
    file += `${i + 1} 0 obj\n${body}\nendobj\n`;
  }
  const table = file.length;
  file += `xref\n0 ${objects.length + 1}\n0000000000 65535 f \n${places.map((at) => `${String(at).padStart(10, '0')} 00000 n \n`).join('')}`;
  return Buffer.from(
    `${file}trailer\n<< /Size ${objects.length + 1} /Root 1 0 R >>\nstartxref\n${table}\n%%EOF\n`,
    'latin1',
  );
}
