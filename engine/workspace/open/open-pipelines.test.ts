import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { pipelineFile } from '../../../shared/pipeline/file.ts';
import { formatPipeline } from '../../../shared/pipeline/parse.ts';
import type { OpenItem } from '../../../shared/rpc/contract/open-pipelines.ts';
import { openStore, type Store } from '../../store/store.ts';
import { makeChangeHub } from '../change-hub.ts';
import { makeOpenPipelines, type OpenPipelines } from './open-pipelines.ts';
import { hashContent } from '../pipeline-files.ts';

let folder = '';
let store: Store;
let open: OpenPipelines;
function start(): void {
  store = openStore(folder);
  open = makeOpenPipelines({
    workspace: folder,
    drafts: store.drafts,
    changes: makeChangeHub(),
    isTrusted: store.pipelines.isTrusted,
    lastRun: () => null,
    now: Date.now,
  });
}
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'flowyard-open-'));
  start();
});
afterEach(() => {
  open.close();
  store.close();
  rmSync(folder, { recursive: true, force: true });
});
function restart(): void {
  open.close();
  store.close();
  start();
}

const path = 'two.pipeline.json';
const file = pipelineFile.parse({ flowyard: 1, title: 'Two' });
const base = { path, baseHash: 'h', trusted: true, file, saved: file };
const titled = (title: string) => [{ at: ['title'], to: title }];
/** A window that has begun to follow: what it was told first, and what it is told next. */
async function follow(names: { draft: string; hostDraft?: string }, window: string, what: Partial<typeof base> = {}) {
  const items = open
    .follow({ ...base, ...what, ...names, window }, new AbortController().signal)
    [Symbol.asyncIterator]();
  const next = async (): Promise<OpenItem> => {
    const { value, done } = await items.next();
    if (done === true) throw new Error('it has ended');
    return value;
  };
  return { whole: await next(), next };
}

describe('an open pipeline', () => {
  test('takes nothing from a connection that its window has left, after it has said what it has', async () => {
    const { whole } = await follow({ draft: 'd1' }, 'w1');
    // The window comes again; the host has not noticed yet that the first connection is gone.
    const again = await follow({ draft: 'd1' }, 'w1');
    expect([whole, again.whole]).toMatchObject([{ rev: 0 }, { rev: 1, seq: 0 }]);
    expect(open.edit({ draft: 'd1', window: 'w1', seq: 1, rev: 0, changes: titled('Late') })).toMatchObject({
      taken: false,
    });
    expect(open.edit({ draft: 'd1', window: 'w1', seq: 2, rev: 1, changes: titled('Again') })).toMatchObject({
      taken: true,
    });
  });

  test('is one for a window that had it before the host was started anew and one that opens its file after', async () => {
    await follow({ draft: 'd1' }, 'w1');
    restart();
    const { draft } = open.at(path, { file, hash: 'h' });
    expect(draft).not.toBe('d1');
    const second = await follow({ draft }, 'w2');
    const first = await follow({ draft: 'd1' }, 'w1');
    expect(first.whole).toMatchObject({ about: { hostDraft: draft, windows: 2 } });
    expect(await second.next()).toMatchObject({ t: 'about', about: { windows: 2 } });
    expect(open.edit({ draft: 'd1', window: 'w1', seq: 1, rev: 0, changes: titled('One') })).toMatchObject({
      taken: true,
    });
    expect(await second.next()).toMatchObject({ t: 'edit', window: 'w1' });
    expect(await open.list()).toMatchObject([{ draft, windows: 2, file: { title: 'One' } }]);
    // With unsaved work, too: the window has learned the other name.
    restart();
    const unsaved = { file: { ...file, title: 'One' } };
    const later = await follow({ draft: 'd1', hostDraft: draft }, 'w1', unsaved);
    expect(later.whole).toMatchObject({ seq: 1, file: unsaved.file, about: { hostDraft: draft } });
    expect(open.at(path, { file, hash: 'h' })).toMatchObject({ draft, windows: 1 });
    expect(open.discard({ draft: 'd1', window: 'w1' })).toEqual({ discarded: true });
    expect(store.drafts.list()).toEqual([]);
  });

  test('of a window with unsaved work that the host does not know stays its own', async () => {
    const { draft } = open.at(path, { file, hash: 'h' });
    await follow({ draft }, 'w2');
    const own = { ...file, title: 'Unsaved' };
    expect((await follow({ draft: 'd1' }, 'w1', { file: own })).whole).toMatchObject({
      file: own,
      about: { hostDraft: 'd1', windows: 1 },
    });
  });
});

describe('a file that another program writes while windows have it open', () => {
  const writeFile = (title: string): string => {
    const text = formatPipeline({ ...file, title });
    writeFileSync(join(folder, path), text);
    return hashContent(text);
  };

  test('is what they show, when nothing is unsaved: while they are open, and when one comes', async () => {
    const first = await follow({ draft: 'd1' }, 'w1', { baseHash: writeFile('Two') });
    expect(first.whole).toMatchObject({ file: { title: 'Two' } });
    const hash = writeFile('By hand');
    expect(await first.next()).toMatchObject({ t: 'edit', rev: 1, window: 'disk', changes: [{ to: 'By hand' }] });
    const about = { baseHash: hash, trusted: false };
    expect(await first.next()).toMatchObject({ t: 'saved', saved: { title: 'By hand' }, about });
    // As after F5: the host had let go of it, and the window comes with what it had.
    restart();
    writeFile('By hand again');
    const second = await follow({ draft: 'd1' }, 'w2', { baseHash: hash });
    expect(second.whole).toMatchObject({ file: { title: 'By hand again' }, saved: { title: 'By hand again' } });
  });

  test('is not taken over unsaved work', async () => {
    const baseHash = writeFile('Two');
    await follow({ draft: 'd1' }, 'w1', { baseHash });
    open.edit({ draft: 'd1', window: 'w1', seq: 1, rev: 0, changes: titled('Mine') });
    writeFile('By hand');
    await open.look(path);
    expect((await follow({ draft: 'd1' }, 'w2', { baseHash })).whole).toMatchObject({
      file: { title: 'Mine' },
      saved: { title: 'Two' },
      about: { baseHash },
    });
    // Taken back, it follows its file again.
    open.edit({ draft: 'd1', window: 'w1', seq: 2, rev: 1, changes: titled('Two') });
    await open.look(path);
    expect(await open.list()).toMatchObject([{ file: { title: 'By hand' } }]);
  });
});
