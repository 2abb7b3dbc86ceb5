import { useEffect, useRef, useState } from 'react';
import { decodePage } from '../../../../shared/rpc/page.ts';
import { host } from '../../rpc/host.ts';
import type { GridSettings } from './grid-settings.ts';
import { askPreview } from '../open-previews.ts';
import { createPageCache, type PageCache } from './page-cache.ts';

export interface PageCaches {
  /** Of the order and filter that are set; it may still be on its way, or fail. */
  asked: PageCache | null;
  /** The last one whose first page came: what the grid shows, so that no order and no half-typed filter ever empties it. */
  shown: PageCache | null;
  /** Rows of the whole table, once any view without a filter told them. */
  total: number | null;
}

const countingMs = 700;

/** The cache of pages for a preview, an order and a filter. */
export function usePageCache(preview: string, { sort, filter }: GridSettings): PageCaches {
  const [asked, setAsked] = useState<PageCache | null>(null);
  const [shown, setShown] = useState<PageCache | null>(null);
  const [total, setTotal] = useState<{ preview: string; rows: number } | null>(null);
  const inView = useRef<PageCache | null>(null);
  useEffect(() => {
    const made = createPageCache(async (offset, limit) => {
      const answer = await askPreview(preview, (name) =>
        host()['preview.page']({ preview: name, offset, limit, sort, filter }),
      );
      return { page: decodePage(answer.page), rows: answer.rows };
    });
    const stop = made.subscribe(() => {
      const { rows } = made;
      if (filter === '' && rows !== null)
        setTotal((old) => (old?.preview === preview && old.rows === rows ? old : { preview, rows }));
      if (inView.current === made || made.pageAt(0) === undefined) return;
      inView.current?.close();
      inView.current = made;
      setShown(made);
    });
    // A cache is opened and closed with the preview: an effect is its place.
    // oxlint-disable-next-line react/set-state-in-effect
    setAsked(made);
    made.want([0]);
    // A long table is counted behind its first rows.
    const counting = setInterval(
      () => (made.rows === null ? void made.askRows() : clearInterval(counting)),
      countingMs,
    );
    return () => {
      clearInterval(counting);
      stop();
      if (inView.current !== made) made.close();
    };
  }, [preview, sort, filter]);
  useEffect(
    () => () => {
      inView.current?.close();
      inView.current = null;
    },
    [],
  );
  return { asked, shown, total: total?.preview === preview ? total.rows : null };
}

export interface PageCacheFacts {
  rows: number | null;
  problem: PageCache['problem'];
  /** Rows that are known to be there while their number is not. */
  seen: number;
}
const nothing: PageCacheFacts = { rows: null, problem: null, seen: 0 };

/** What the panel around the grid must know of a cache. */
export function usePageCacheFacts(cache: PageCache | null): PageCacheFacts {
  const [facts, setFacts] = useState<PageCacheFacts>(nothing);
  useEffect(() => {
    const read = (): void =>
      setFacts((old) => {
        const next = cache === null ? nothing : { rows: cache.rows, problem: cache.problem, seen: cache.seen };
        return old.rows === next.rows && old.problem === next.problem && old.seen === next.seen ? old : next;
      });
    read();
    return cache?.subscribe(read);
  }, [cache]);
  return facts;
}
