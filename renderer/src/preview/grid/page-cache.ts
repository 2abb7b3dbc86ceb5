/**
 * The pages of one view of a table (one sort, one filter), fetched on demand and forgotten by least recent use. It knows nothing of React:
 * a grid subscribes and reads cells.
 */
import { toProblem, type Problem } from '../../../../shared/errors.ts';
import type { Page } from '../../../../shared/rpc/page.ts';

export const pageRows = 200;
/** 60 pages of 200 rows: about 12,000 rows around where the person has been. */
const keptPages = 60;

export interface PageAnswer {
  page: Page;
  /** Rows of the whole view, once known. */
  rows: number | null;
}
export type FetchPage = (offset: number, limit: number) => Promise<PageAnswer>;

export interface PageCache {
  /** Raised on each change; a snapshot for `useSyncExternalStore`. */
  readonly revision: number;
  /** Rows of the view as the last page told, null while unknown. */
  readonly rows: number | null;
  readonly problem: Problem | null;
  /** Rows that are known to be there while `rows` is not: the end of the last full page and one page more. */
  readonly seen: number;
  /** Starts fetching what is missing of these pages; the first listed is fetched first. */
  want: (pages: readonly number[]) => void;
  /** The page that holds the row, if it is here. */
  pageAt: (row: number) => Page | undefined;
  /** All rows of a range, fetched as needed: for copying. */
  read: (first: number, end: number) => Promise<Page[]>;
  retry: () => void;
  /** Asks whether the rows have been counted meanwhile; nothing once they are known. */
  askRows: () => Promise<void>;
  subscribe: (listener: () => void) => () => void;
  close: () => void;
}

interface Kept {
  fetchPage: FetchPage;
  pages: Map<number, Page>;
  /** Pages on their way. */
  under: Map<number, Promise<Page | undefined>>;
  listeners: Set<() => void>;
  wanted: readonly number[];
  revision: number;
  rows: number | null;
  problem: Problem | null;
  closed: boolean;
  seen: number;
}

function changed(kept: Kept): void {
  kept.revision++;
  for (const listener of kept.listeners) listener();
}

function keep({ pages, wanted }: Kept, number: number, page: Page): void {
  pages.delete(number);
  pages.set(number, page);
  for (const old of pages.keys()) {
    if (pages.size <= keptPages) break;
    if (!wanted.includes(old)) pages.delete(old);
  }
}

function load(kept: Kept, number: number): Promise<Page | undefined> {
  const { pages, under } = kept;
  const here = pages.get(number);
  if (here !== undefined) return Promise.resolve(here);
  const running = under.get(number);
  if (running !== undefined) return running;
  const started = kept
    .fetchPage(number * pageRows, pageRows)
    .then((answer) => {
      if (kept.closed) return undefined;
      kept.rows = answer.rows ?? kept.rows;
      kept.problem = null;
      const end = answer.page.offset + answer.page.rows;
      kept.seen = Math.max(kept.seen, answer.page.rows < pageRows ? end : end + pageRows);
      keep(kept, number, answer.page);
      return answer.page;
    })
    .catch((thrown: unknown) => {
      if (!kept.closed) kept.problem = toProblem(thrown);
      return undefined;
    })
    .finally(() => {
      under.delete(number);
      if (!kept.closed) changed(kept);
    });
  under.set(number, started);
  return started;
}

export function createPageCache(fetchPage: FetchPage): PageCache {
  const kept: Kept = {
    fetchPage,
    pages: new Map(),
    under: new Map(),
    listeners: new Set(),
    wanted: [],
    revision: 0,
    rows: null,
    problem: null,
    closed: false,
    seen: 0,
  };
  return {
    get revision() {
      return kept.revision;
    },
    get rows() {
      return kept.rows;
    },
    get problem() {
      return kept.problem;
    },
    get seen() {
      return kept.seen;
    },
    want(numbers) {
      kept.wanted = numbers;
      if (kept.closed || kept.problem !== null) return;
      for (const number of numbers) void load(kept, number);
    },
    pageAt: (row) => kept.pages.get(Math.floor(row / pageRows)),
    async read(first, end) {
      const found: Page[] = [];
      for (let number = Math.floor(first / pageRows); number * pageRows < end; number++) {
        const page = await load(kept, number);
        if (page === undefined) break;
        found.push(page);
        if (page.rows < pageRows) break;
      }
      return found;
    },
    retry() {
      kept.problem = null;
      changed(kept);
      for (const number of kept.wanted) void load(kept, number);
    },
    async askRows() {
      if (kept.rows !== null || kept.closed || kept.problem !== null) return;
      // A failure is told by the pages that are looked at.
      const answer = await fetchPage(0, 1).catch(() => null);
      if (answer === null || answer.rows === null || kept.closed) return;
      kept.rows = answer.rows;
      changed(kept);
    },
    subscribe(listener) {
      kept.listeners.add(listener);
      return () => kept.listeners.delete(listener);
    },
    close() {
      kept.closed = true;
      kept.listeners.clear();
      kept.pages.clear();
    },
  };
}
