/** The words of a page, without scripts, styles and what is not shown; a block a line, an empty line between paragraphs. */
import { Parser } from 'htmlparser2';

const unseen = new Set([
  'script',
  'style',
  'noscript',
  'template',
  'svg',
  'head',
  'title',
  'iframe',
  'object',
  'select',
  'button',
]);
const blocks = new Set([
  'p',
  'div',
  'section',
  'article',
  'header',
  'footer',
  'main',
  'nav',
  'aside',
  'ul',
  'ol',
  'table',
  'blockquote',
  'pre',
  'h1',
  'h2',
  'h3',
  'h4',
  'h5',
  'h6',
  'figure',
  'figcaption',
  'form',
  'dl',
  'hr',
  'details',
  'summary',
]);
const lines = new Set(['li', 'tr', 'dt', 'dd', 'br', 'option']);

export function readHtml(html: string): { title: string | null; text: string } {
  const isXml = /^\s*<\?xml\b/.test(html) || /<html[^>]+xmlns=/i.test(html.slice(0, 1000));
  let text = '';
  let title = '';
  let hidden = 0;
  let isTitle = false;
  let exact = 0;
  const breakTo = (ends: number): void => {
    text = text.replace(/[ \t]+$/, '');
    const have = /\n*$/.exec(text)?.[0].length ?? 0;
    if (text !== '') text += '\n'.repeat(Math.max(0, ends - have));
  };
  const parser = new Parser(
    {
      onopentag: (name) => {
        if (name === 'title') isTitle = title === '';
        if (unseen.has(name)) hidden++;
        if (name === 'pre') exact++;
        if (blocks.has(name)) breakTo(2);
        else if (lines.has(name)) breakTo(1);
        if (name === 'li' && hidden === 0) text += '- ';
        if ((name === 'td' || name === 'th') && text !== '' && !text.endsWith('\n') && hidden === 0) text += '\t';
      },
      ontext: (data) => {
        if (isTitle) title += data;
        if (hidden > 0) return;
        if (exact > 0) text += data;
        else {
          const joined = data.replace(/\s+/g, ' ');
          text += /(^|[\s])$/.test(text) ? joined.trimStart() : joined;
        }
      },
      onclosetag: (name) => {
        if (name === 'title') isTitle = false;
        if (unseen.has(name)) hidden = Math.max(0, hidden - 1);
        if (name === 'pre') exact = Math.max(0, exact - 1);
        if (blocks.has(name)) breakTo(2);
        else if (name === 'tr') breakTo(1);
      },
    },
    // A page of XML may close a script at once; a page of HTML cannot.
    { decodeEntities: true, lowerCaseTags: true, recognizeSelfClosing: isXml },
  );
  parser.write(html);
  parser.end();
  const named = title.replace(/\s+/g, ' ').trim();
  return { title: named === '' ? null : named, text: text.trim() };
}
