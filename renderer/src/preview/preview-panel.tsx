import { useMemo } from 'react';
import { titleOf } from '../state/documents/commands.ts';
import { useActive } from '../state/documents/documents.ts';
import { t } from '../text/t.ts';
import { Button } from '../theme/button.tsx';
import { EmptyState } from '../theme/surface.tsx';
import { shownColumns } from './grid/column-layout.ts';
import { bothFilters, sayFilter } from './grid/column-menu.ts';
import { FilterBar } from './grid/filter-bar.tsx';
import { changeGridSettings, useGridSettings } from './grid/grid-settings.ts';
import { Grid } from './grid/grid.tsx';
import { makeFilterNode, makeTypeNode } from './make-view-node.ts';
import styles from './preview-panel.module.css';
import { usePreview, type PreviewSession } from './preview-session.ts';
import { NoPreview, PreviewHeader } from './preview-states.tsx';
import { Waiting } from '../theme/waiting.tsx';
import { useProfile } from './profile/profile-session.ts';
import { usePageCache, usePageCacheFacts } from './grid/use-page-cache.ts';

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
  const { asked, shown, total } = usePageCache(open.preview, settings);
  const title = useActive((d) => (d === undefined ? target.node : titleOf(d.file, target.node)));
  const columns = useMemo(() => shownColumns(open.schema.columns), [open.schema]);
  const { profile } = useProfile(open.preview);
  const { problem, rows: askedRows } = usePageCacheFacts(asked);
  const seen = usePageCacheFacts(shown);
  const isFiltered = settings.filter !== '';
  // A large table is counted behind its first page: the exact profile may be the first to know.
  const wholeRows = total ?? open.rows ?? (profile?.exact === true ? profile.rows : null);
  const rows = seen.rows ?? (isFiltered ? null : wholeRows) ?? seen.seen;
  return (
    <div className={styles.panel} data-old={isOld || undefined}>
      <PreviewHeader
        target={target}
        open={open}
        title={title}
        rows={(problem !== null && !isFiltered) || (shown === null && wholeRows === null) ? null : (wholeRows ?? rows)}
        isExact={wholeRows !== null}
        isOld={isOld}
      >
        <FilterBar
          value={settings.filter}
          example={columns.find((c) => c.name !== '__partition')?.name}
          problem={isFiltered ? problem : null}
          shown={isFiltered && problem === null && askedRows !== null ? { rows: askedRows, total: wholeRows } : null}
          onChange={(filter) => changeGridSettings(place, { filter })}
          onMakeNode={() => {
            makeFilterNode(target, settings.filter);
            changeGridSettings(place, { filter: '' });
          }}
        />
      </PreviewHeader>
      {problem !== null && !isFiltered ? (
        <EmptyState title={problem.message} hint={problem.mend}>
          <Button onPress={() => asked?.retry()}>{t('common.retry')}</Button>
        </EmptyState>
      ) : shown === null ? (
        <Waiting title={t('preview.reading')} />
      ) : seen.rows === 0 ? (
        <EmptyState
          title={t(isFiltered ? 'preview.emptyFilter' : 'preview.emptyTable')}
          hint={isFiltered ? undefined : t('preview.emptyTableHint')}
        />
      ) : (
        <Grid
          label={t('preview.grid', { node: title })}
          columns={columns}
          rows={rows}
          cache={shown}
          profile={isFiltered ? null : profile}
          sort={settings.sort}
          onSort={(sort) => changeGridSettings(place, { sort })}
          onType={(column, type) => makeTypeNode(target, column, type)}
          onFilter={(filter) => changeGridSettings(place, { filter: bothFilters(settings.filter, sayFilter(filter)) })}
        />
      )}
    </div>
  );
}
