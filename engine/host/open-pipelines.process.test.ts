import { describe, expect, test } from 'vitest';
import type * as z from 'zod';
import { changesBetween } from '../../shared/pipeline/changes.ts';
import { pipelineFile, type PipelineFile } from '../../shared/pipeline/file.ts';
import type { Contract } from '../../shared/rpc/contract.ts';
import type { OpenItem } from '../../shared/rpc/contract/open-pipelines.ts';
import { toyPipeline as pipeline } from '../../test/support/toy-host.ts';
import { toyHostForEachTest } from '../../test/support/open-toy-host.ts';

const here = toyHostForEachTest();

type Follow = z.input<Contract['pipelines.follow']['input']>;
/** A window that shows a pipeline, with all that it was told. */
function showIn(request: Follow): AsyncDisposable & {
  items: OpenItem[];
  until: (isThere: (items: readonly OpenItem[]) => boolean) => Promise<void>;
} {
  const items: OpenItem[] = [];
  const stop = new AbortController();
  const reading = (async () => {
    for await (const item of here.connection.api['pipelines.follow'](request, { signal: stop.signal }))
      items.push(item);
  })();
  return {
    items,
    until: (isThere) => expect.poll(() => isThere(items)).toBe(true),
    [Symbol.asyncDispose]: async () => {
      stop.abort();
      await reading;
    },
  };
}
/** One edit of a window that comes and goes. */
async function editIn(request: Follow, to: PipelineFile): Promise<void> {
  await using window = showIn(request);
  await window.until((items) => items.length > 0);
  const changes = changesBetween(pipelineFile.parse(request.file), to);
  const edit = { draft: request.draft, window: request.window, seq: 1, rev: 0, changes };
  expect(await here.connection.api['pipelines.edit'](edit)).toEqual({ taken: true, rev: 1 });
}

describe('pipelines', () => {
  test('keep unsaved work over a crash until it is saved or given up', async () => {
    const { api } = here.connection;
    const path = 'toy.pipeline.json';
    const { hash } = await api['pipelines.save']({ path, file: pipeline(), baseHash: null, overwrite: false });
    const edited = pipeline(undefined, 'Edited');
    const { draft } = await api['pipelines.open']({ path });
    const open = { window: 'w1', baseHash: hash, trusted: true, saved: pipeline() };
    await editIn({ ...open, draft, path, file: pipeline() }, edited);
    await editIn({ ...open, draft: 'd2', path: null, file: pipeline(), saved: null }, pipeline(undefined, 'New'));
    await here.restart();
    expect(await here.connection.api['pipelines.open']({ path })).toMatchObject({
      draft,
      file: edited,
      baseHash: hash,
      saved: pipeline(),
      unsaved_ms: expect.any(Number),
      windows: 0,
    });
    const titles = async (): Promise<string[]> =>
      (await here.connection.api['pipelines.drafts']({})).map(({ title }) => title).toSorted();
    expect(await titles()).toEqual(['Edited', 'New']);
    await here.connection.api['pipelines.save']({ path, file: edited, baseHash: hash, overwrite: false, draft });
    expect((await here.connection.api['pipelines.open']({ path })).unsaved_ms).toBeNull();
    await here.connection.api['pipelines.discard']({ draft: 'd2', window: 'w1' });
    expect(await titles()).toEqual([]);
    await here.connection.api['pipelines.takeBack']({ draft: 'd2' });
    expect(await titles()).toEqual(['New']);
  });

  test('that a window has open are followed by others, and given up by none of them', async () => {
    const { api } = here.connection;
    const base = { draft: 'd1', path: null, baseHash: null, trusted: true, file: pipeline(), saved: null };
    await using one = showIn({ ...base, window: 'w1' });
    await one.until((items) => items.length > 0);
    const [listed] = await api['pipelines.drafts']({});
    expect(listed).toMatchObject({ draft: 'd1', windows: 1 });
    expect(await api['pipelines.discard']({ draft: 'd1', window: 'w2' })).toEqual({ discarded: false });
    await using two = showIn({ ...base, window: 'w2', file: pipeline(undefined, 'Older') });
    await two.until((items) => items.length > 0);
    expect(two.items[0]).toMatchObject({ t: 'whole', file: pipeline(), about: { windows: 2 } });
    const title = (window: string, seq: number, rev: number, to: string) =>
      api['pipelines.edit']({ draft: 'd1', window, seq, rev, changes: [{ at: ['title'], from: 'Toy', to }] });
    expect(await title('w1', 1, 0, 'One')).toEqual({ taken: true, rev: 1 });
    // It has not seen the first one yet; asked twice, it is done once.
    expect(await title('w2', 1, 0, 'Two')).toEqual({ taken: false, rev: 1 });
    expect(await title('w2', 2, 1, 'Two')).toEqual({ taken: true, rev: 2 });
    expect(await title('w2', 2, 1, 'Two')).toEqual({ taken: true, rev: 2 });
    for (const { until } of [one, two]) await until((items) => items.filter(({ t }) => t === 'edit').length === 2);
    await one[Symbol.asyncDispose]();
    await two[Symbol.asyncDispose]();
    await expect.poll(() => api['pipelines.drafts']({})).toMatchObject([{ windows: 0, file: { title: 'Two' } }]);
  });
});
