/** A page of plain words, where the window itself cannot be given. It needs no file, since whoever sees it may have none. */
import type { ServerResponse } from 'node:http';

interface Page {
  status: number;
  title: string;
  text: string;
  /** What a person can type. */
  command?: string;
  /** Looked for again after so long: what is missing may come. */
  againSeconds?: number;
}

const escapeHtml = (text: string): string =>
  text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;');

// The window's own colours (`renderer/src/theme/tokens.css`) and its sign.
const style = `
:root{color-scheme:light dark;--bg:#eceef1;--card:#fff;--line:#e3e6ea;--text:#14181d;--soft:#4b5560}
@media(prefers-color-scheme:dark){:root{--bg:#0c0e11;--card:#191d22;--line:#23282f;--text:#eceff3;--soft:#a9b2bd}}
body{margin:0;min-height:100vh;display:grid;place-items:center;background:var(--bg);color:var(--text);font:14px/1.55 Inter,system-ui,-apple-system,'Segoe UI',sans-serif}
main{max-width:30rem;margin:1.5rem;padding:1.75rem 2rem;background:var(--card);border:1px solid var(--line);border-radius:12px}
svg{display:block;margin-bottom:1rem}h1{margin:0 0 .5rem;font-size:1.125rem;line-height:1.35}p{margin:0;color:var(--soft)}
code{display:block;margin-top:1rem;padding:.6rem .8rem;border:1px solid var(--line);border-radius:8px;background:var(--bg);color:var(--text);font:13px/1.4 ui-monospace,Menlo,Consolas,monospace}`;
const sign =
  '<svg width="28" height="28" viewBox="0 0 20 20" aria-hidden="true"><rect width="20" height="20" rx="5.5" fill="var(--text)"/><path d="M5 6.5h3.5c2 0 3 1 3 3.5s1 3.5 3.5 3.5" fill="none" stroke="var(--card)" stroke-width="1.8"/><circle cx="5" cy="6.5" r="1.7" fill="var(--card)"/><circle cx="15" cy="13.5" r="1.7" fill="var(--card)"/></svg>';

export function sayPage(response: ServerResponse, { status, title, text, command, againSeconds }: Page): void {
  const refresh = againSeconds === undefined ? '' : `<meta http-equiv="refresh" content="${againSeconds}">`;
  const page = `<!doctype html><html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width">${refresh}<title>Flowyard</title><style>${style}</style></head><body><main>${sign}<h1>${escapeHtml(title)}</h1><p>${escapeHtml(text)}</p>${command === undefined ? '' : `<code>${escapeHtml(command)}</code>`}</main></body></html>`;
  response.writeHead(status, { 'Content-Type': 'text/html; charset=utf-8', 'Cache-Control': 'no-store' }).end(page);
}
