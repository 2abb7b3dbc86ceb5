import { useEffect, useMemo, useState } from 'react';
import { decodePage } from '../../../shared/rpc/page.ts';
import { host } from '../rpc/host.ts';
import { performFix, titleOf } from '../state/commands.ts';
import { useActive } from '../state/documents.ts';
import { t } from '../text/t.ts';
import { EmptyState } from '../theme/surface.tsx';
import { shownColumns } from './column-layout.ts';
import { bothFilters, sayFilter } from './column-menu.ts';
import { FilterBar } from './filter-bar.tsx';
import { changeGridSettings, useGridSettings, type GridSettings } from './grid-settings.ts';
import { Grid } from './grid.tsx';
import { createPageBook, type PageBook } from './page-book.ts';
import styles from './preview-panel.module.css';
import { usePreview, type PreviewSession } from './preview-session.ts';
import { NoPreview, PreviewHeader } from './preview-states.tsx';
import { useProfile } from './profile-session.ts';

/** The rows of the chosen port. */
export function PreviewPanel() {
  const view = usePreview();
  if (view.session === null) return <NoPreview view={view} />;
  return (
    <OpenTable
      key={`${view.session.target.node}.${view.session.target.port}`}
      session={view.session}
      isOld={view.isOld}
    />
  );
}

function OpenTable({ session, isOld }: { session: PreviewSession; isOld: boolean }) {
  const { target, open } = session;
  const place = `${target.draft} ${target.node}.${target.port}`;
  const settings = useGridSettings(place);
  const book = useBook(open.preview, settings);
  const title = useActive((d) => (d === undefined ? target.node : titleOf(d.file, target.node)));
  const columns = useMemo(() => shownColumns(open.schema.columns), [open.schema]);
  const { profile } = useProfile(open.preview);
  const facts = useBookFacts(book);
  const rows = facts.rows ?? (settings.filter === '' ? open.rows : null) ?? facts.seen;
  const isFiltered = settings.filter !== '';
  return (
    <div className={styles.panel} data-old={isOld || undefined}>
      <PreviewHeader target={target} open={open} title={title} rows={rows} isOld={isOld}>
        <FilterBar
          value={settings.filter}
          example={columns.find((c) => c.name !== '__partition')?.name}
          problem={isFiltered ? facts.problem : null}
          shown={isFiltered && facts.rows !== null ? { rows: facts.rows, total: open.rows } : null}
          onChange={(filter) => changeGridSettings(place, { filter })}
          onMakeNode={() => {
            performFix({
              do: 'insert',
              title: t('preview.filterNode'),
              kind: 'clean.filter',
              params: { expression: settings.filter },
              node: target.node,
              side: 'after',
              port: target.port,
            });
            changeGridSettings(place, { filter: '' });
          }}
        />
      </PreviewHeader>
      {book === null ? (
        <div className={styles.waiting} aria-busy />
      ) : facts.problem !== null && !isFiltered ? (
        <EmptyState title={facts.problem.message} hint={facts.problem.mend}>
          <button type="button" onClick={book.retry}>
            {t('common.retry')}
          </button>
        </EmptyState>
      ) : rows === 0 && facts.rows === 0 ? (
        <EmptyState
          title={t(isFiltered ? 'preview.emptyFilter' : 'preview.emptyTable')}
          hint={isFiltered ? undefined : t('preview.emptyTableHint')}
        />
      ) : (
        <Grid
          label={t('preview.grid', { node: title })}
          columns={columns}
          rows={rows}
          book={book}
          profile={isFiltered ? null : profile}
          sort={settings.sort}
          onSort={(sort) => changeGridSettings(place, { sort })}
          onFilter={(wish) => changeGridSettings(place, { filter: bothFilters(settings.filter, sayFilter(wish)) })}
        />
      )}
    </div>
  );
}

/** A book of pages for one preview, order and filter; closed when any of them changes. */
function useBook(preview: string, { sort, filter }: GridSettings): PageBook | null {
  const [book, setBook] = useState<PageBook | null>(null);
  useEffect(() => {
    const made = createPageBook(async (offset, limit) => {
      const answer = await host()['preview.page']({ preview, offset, limit, sort, filter });
      return { page: decodePage(answer.page), rows: answer.rows };
    });
    // A book is opened and closed with the preview: an effect is its place.
    // oxlint-disable-next-line react/set-state-in-effect
    setBook(made);
    made.want([0]);
    return () => made.close();
  }, [preview, sort, filter]);
  return book;
}

interface BookFacts {
  rows: number | null;
  problem: PageBook['problem'];
  /** Rows that are known to be there while their number is not. */
  seen: number;
}

/** What the panel around the grid must know of the book. */
function useBookFacts(book: PageBook | null): BookFacts {
  const [facts, setFacts] = useState<BookFacts>({ rows: null, problem: null, seen: 0 });
  useEffect(() => {
    if (book === null) return;
    const read = (): void =>
      setFacts((old) => {
        const next = { rows: book.rows, problem: book.problem, seen: book.seen };
        return old.rows === next.rows && old.problem === next.problem && old.seen === next.seen ? old : next;
      });
    read();
    return book.subscribe(read);
  }, [book]);
  return facts;
}
