import { describe, expect, it } from 'vitest';
import { japaneseFont, pdfOf } from '../../test/support/pdf-of.ts';
import { readDocument } from './read-document.ts';

const read = (name: string, body: string | Uint8Array) =>
  readDocument(typeof body === 'string' ? Buffer.from(body) : body, name, new AbortController().signal);
/** アイ, 日本 in Shift JIS. */
const japanese = Buffer.from([0x83, 0x41, 0x83, 0x43, 0x20, 0x93, 0xfa, 0x96, 0x7b]);

describe('the text of a document', () => {
  it('is in the encoding that the page names, and a guess where nothing is named', async () => {
    const page = (head: string) => Buffer.concat([Buffer.from(`<html><head>${head}</head><body>`), japanese]);
    for (const head of [
      '<meta charset="Shift_JIS">',
      '<meta http-equiv="Content-Type" content="text/html; charset=shift_jis">',
    ])
      expect(await read('a.html', page(head)), head).toMatchObject({ text: 'アイ 日本', guessed: false });
    expect(await read('b.html', page('<meta charset="no-such">'))).toMatchObject({ guessed: true });
    expect(await read('c.html', '<meta charset="latin1"><p>日本')).toMatchObject({ text: '日本', guessed: false });
    expect(await read('d.txt', Buffer.from('caf\xe9', 'latin1'))).toMatchObject({ text: 'café', guessed: true });
  });

  it('of a page begins behind its title, wherever that stands, and does not end at a script that closes itself', async () => {
    expect(await read('a.html', '<html><title>Named</title><body>Said</body></html>')).toMatchObject({
      title: 'Named',
      text: 'Said',
    });
    const xml =
      '<html xmlns="http://www.w3.org/1999/xhtml"><head><title/><script src="x"/></head><body>Said</body></html>';
    expect(await read('b.xhtml', xml)).toMatchObject({ title: null, text: 'Said' });
  });

  it('in Markdown has its first heading as title: of either form, and no comment in code', async () => {
    expect((await read('a.md', '```sh\n# install\n```\n\n## Use of it\n')).title).toBe('Use of it');
    expect((await read('b.md', 'About boats\n===========\n\n# Later\n')).title).toBe('About boats');
    expect((await read('c.md', 'No heading\n\n---\n')).title).toBeNull();
  });

  it('in a PDF is read by tables that the file names and does not hold', async () => {
    const file = pdfOf([japanese.toString('latin1')], japaneseFont);
    expect((await read('a.pdf', file)).text).toBe('アイ 日本');
  });
});
