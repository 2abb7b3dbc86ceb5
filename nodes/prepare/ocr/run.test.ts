/** The real networks on the delivery notes that come with the program. */
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import sharp from 'sharp';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { Workshop, type SketchedNode } from '../../../test/support/workshop.ts';

let shop: Workshop;
beforeEach(async () => {
  shop = await Workshop.open();
});
afterEach(() => shop[Symbol.asyncDispose]());

const notes = (params: Record<string, unknown> = {}): Record<string, SketchedNode> => ({
  forms: { kind: 'read.images', params: { from: 'forms', labels: 'none' } },
  few: { kind: 'clean.filter', params: { rules: [{ column: 'path', operator: 'less', value: 'note-03' }] } },
  ocr: { kind: 'prepare.ocr', params },
});
const wires = ['forms.rows -> few.rows', 'few.rows -> ocr.rows'];

describe('text in images', () => {
  it('is one text a row, line by line, what stands side by side divided by a tab', async () => {
    const rows = await (await shop.run(notes(), wires)).rows('ocr', 'path');
    expect(rows.map((r) => r['path'])).toEqual(['note-01.jpg', 'note-02.jpg']);
    const lines = String(rows[0]?.['text']).split('\n');
    expect(lines.slice(0, 2)).toEqual(['Delivery note', 'Number\tDN-2041\tDate\t2026-01-12']);
    expect(lines[4]).toMatch(/^Weight\t23\.8 ?kg\tParcels\t9$/);
    expect(Number(rows[0]?.['text_confidence'])).toBeGreaterThan(0.9);
  });

  it('or one row a piece, with its line and place', async () => {
    const rows = await (await shop.run(notes({ give: 'pieces' }), wires)).rows('ocr', 'path');
    const first = rows.filter((r) => r['path'] === 'note-01.jpg');
    expect(first.slice(0, 3).map((r) => [r['line'], r['text']])).toEqual([
      [1, 'Delivery note'],
      [2, 'Number'],
      [2, 'DN-2041'],
    ]);
    expect(Number(first[2]?.['x'])).toBeGreaterThan(Number(first[1]?.['x']) + Number(first[1]?.['text_width']));
  });

  it('a page that became unreadable fails its row alone', async () => {
    const { forms } = notes();
    const read = await (await shop.run({ ...(forms && { forms }) }, [])).rows('forms', 'path');
    const hash = /([0-9a-f]{64})/.exec(String(read[0]?.['image']))?.[1] ?? '';
    await writeFile(join(shop.folder, '.flowyard', 'files', hash.slice(0, 2), hash), 'no image any more');
    const run = await shop.run(notes(), wires);
    expect((await run.rows('ocr', 'path')).map((row) => typeof row['text'])).toEqual(['object', 'string']);
    expect(run.warnings).toMatchObject([
      { code: 'rows.failed', message: expect.stringMatching(/^1 of 2 rows failed: The image "note-01.jpg"/) },
    ]);
  });

  it('an empty page fails where no page has text, or is a warning and its row has none', async () => {
    await mkdir(join(shop.folder, 'scans'));
    const page = { create: { width: 200, height: 100, channels: 3 as const, background: '#fff' } };
    await writeFile(join(shop.folder, 'scans', 'empty.png'), await sharp(page).png().toBuffer());
    const read = (params = {}) =>
      shop.run(
        {
          scans: { kind: 'read.images', params: { folder: 'scans', labels: 'none' } },
          ocr: { kind: 'prepare.ocr', params },
        },
        ['scans.rows -> ocr.rows'],
      );
    expect((await read()).problems).toMatchObject([
      {
        code: 'rows.failed',
        node: 'ocr',
        message: expect.stringContaining('no text was found, such as in "empty.png"'),
      },
    ]);
    const run = await read({ failShare: null });
    expect((await run.rows('ocr', 'path')).map((r) => [r['text'], r['text_confidence']])).toEqual([['', null]]);
    expect(run.warnings.map((w) => w.code)).toEqual(['rows.failed']);
  });
});
