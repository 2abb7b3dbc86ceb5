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

export function createPageCache(fetchPage: FetchPage): PageCache {
  const pages = new Map<number, Page>();
  const under = new Map<number, Promise<Page | undefined>>();
  const listeners = new Set<() => void>();
  let wanted: readonly number[] = [];
  let revision = 0;
  let rows: number | null = null;
  let problem: Problem | null = null;
  let closed = false;
  let seen = 0;

  const changed = (): void => {
    revision++;
    for (const listener of listeners) listener();
  };
  const keep = (number: number, page: Page): void => {
    pages.delete(number);
    pages.set(number, page);
    for (const old of pages.keys()) {
      if (pages.size <= keptPages) break;
      if (!wanted.includes(old)) pages.delete(old);
    }
  };
  const load = (number: number): Promise<Page | undefined> => {
    const here = pages.get(number);
    if (here !== undefined) return Promise.resolve(here);
    const running = under.get(number);
    if (running !== undefined) return running;
    const started = fetchPage(number * pageRows, pageRows)
      .then((answer) => {
        if (closed) return undefined;
        rows = answer.rows ?? rows;
        problem = null;
        const end = answer.page.offset + answer.page.rows;
        seen = Math.max(seen, answer.page.rows < pageRows ? end : end + pageRows);
        keep(number, answer.page);
        return answer.page;
      })
      .catch((thrown: unknown) => {
        if (!closed) problem = toProblem(thrown);
        return undefined;
      })
      .finally(() => {
        under.delete(number);
        if (!closed) changed();
      });
    under.set(number, started);
    return started;
  };

  return {
    get revision() {
      return revision;
    },
    get rows() {
      return rows;
    },
    get problem() {
      return problem;
    },
    get seen() {
      return seen;
    },
    want(numbers) {
      wanted = numbers;
      if (closed || problem !== null) return;
      for (const number of numbers) void load(number);
    },
    pageAt: (row) => pages.get(Math.floor(row / pageRows)),
    async read(first, end) {
      const found: Page[] = [];
      for (let number = Math.floor(first / pageRows); number * pageRows < end; number++) {
        const page = await load(number);
        if (page === undefined) break;
        found.push(page);
        if (page.rows < pageRows) break;
      }
      return found;
    },
    retry() {
      problem = null;
      changed();
      for (const number of wanted) void load(number);
    },
    async askRows() {
      if (rows !== null || closed || problem !== null) return;
      // A failure is told by the pages that are looked at.
      const answer = await fetchPage(0, 1).catch(() => null);
      if (answer === null || answer.rows === null || closed) return;
      rows = answer.rows;
      changed();
    },
    subscribe(listener) {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    close() {
      closed = true;
      listeners.clear();
      pages.clear();
    },
  };
}
