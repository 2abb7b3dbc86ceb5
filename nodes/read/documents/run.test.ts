import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { report } from '../../../shared/report.ts';
import { Workshop, type FinishedRun } from '../../../test/support/workshop.ts';
import { pdfOf } from '../../../test/support/pdf-of.ts';

let shop: Workshop;
beforeEach(async () => {
  shop = await Workshop.open();
  await mkdir(join(shop.folder, 'papers', 'old'), { recursive: true });
  const put = (name: string, body: string | Uint8Array): Promise<void> =>
    writeFile(join(shop.folder, 'papers', name), body);
  await put('a.txt', 'Größe: drei\r\nvier');
  await put('old/latin.txt', Buffer.from('caf\xe9', 'latin1'));
  await put('b.md', '# The heading\n\nBody *here*.');
  await put(
    'c.html',
    '<html><head><title> A  page </title><style>p{}</style></head><body><h1>Top</h1><p>One &amp; <b>two</b>\n three.</p><ul><li>x</li><li>y</li></ul><script>no()</script><table><tr><td>1</td><td>2</td></tr></table></body></html>',
  );
  await put('d.pdf', pdfOf(['First page here', 'Second page']));
});
afterEach(() => shop[Symbol.asyncDispose]());

const read = (params: Record<string, unknown> = {}): Promise<FinishedRun> =>
  shop.run({ documents: { kind: 'read.documents', params: { folder: 'papers', ...params } } }, []);

describe('a folder of documents', () => {
  it('gives each kind of file as a person reads it', async () => {
    const run = await read();
    expect([run.status, run.problems]).toEqual(['done', []]);
    const rows = await run.rows('documents', 'path');
    expect(rows.map((r) => [r['path'], r['title'], r['text'], r['kind'], r['pages']])).toEqual([
      ['a.txt', 'a', 'Größe: drei\nvier', 'text', null],
      ['b.md', 'The heading', '# The heading\n\nBody *here*.', 'markdown', null],
      ['c.html', 'A page', 'Top\n\nOne & two three.\n\n- x\n- y\n\n1\t2', 'html', null],
      ['d.pdf', 'd', 'First page here\n\nSecond page', 'pdf', 2],
      ['old/latin.txt', 'latin', 'café', 'text', null],
    ]);
    expect(run.metrics['documents']).toEqual({ documents: 5, words: 21, left_out: 0 });
    expect(run.warnings).toMatchObject([
      { code: 'documents.guessed-encoding', message: expect.stringContaining('"old/latin.txt"') },
    ]);
  });

  it('says what changed since the last reading', async () => {
    await read();
    await writeFile(join(shop.folder, 'papers', 'a.txt'), 'other words now');
    await writeFile(join(shop.folder, 'papers', 'new.txt'), 'new');
    const reported = report.parse(JSON.parse(await (await read()).text('documents', 'report.report.json')));
    expect(reported.chips[1]).toBe('1 new, 1 changed');
    expect(JSON.stringify(reported)).toContain('["changed","a.txt"],["new","new.txt"]');
  });

  it('refuses what cannot be read, or leaves it out and lists it', async () => {
    await writeFile(join(shop.folder, 'papers', 'broken.pdf'), 'not a pdf');
    await writeFile(join(shop.folder, 'papers', 'binary.txt'), Buffer.from([1, 0, 2, 0]));
    await writeFile(join(shop.folder, 'papers', 'empty.txt'), '  \n');
    await writeFile(join(shop.folder, 'papers', 'scan.pdf'), pdfOf(['']));
    expect((await read()).problems[0]).toMatchObject({
      code: 'documents.faulty',
      param: 'faulty',
      message: expect.stringContaining('4 of 9 files'),
    });
    const run = await read({ faulty: 'leave-out' });
    expect([run.status, run.metrics['documents']?.['left_out'], run.warnings[0]?.code]).toEqual([
      'done',
      4,
      'documents.faulty',
    ]);
    const reported = await run.text('documents', 'report.report.json');
    for (const name of ['broken.pdf', 'binary.txt', 'empty.txt', 'scan.pdf']) expect(reported).toContain(name);
  });

  it('comes with a handbook', async () => {
    const run = await read({ from: 'handbook' });
    expect([run.status, run.metrics['documents']?.['documents']]).toEqual(['done', 9]);
  });
});
