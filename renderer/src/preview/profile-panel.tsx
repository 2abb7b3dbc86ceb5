import { useMemo, useState } from 'react';
import { largest } from '../../../shared/append.ts';
import { isImageType } from '../../../shared/media/image.ts';
import { partitionColumn, rowColumn, typeFamily, type Column } from '../../../shared/wires.ts';
import { titleOf } from '../state/commands.ts';
import { useActive } from '../state/documents.ts';
import { sayCount } from '../text/say.ts';
import { t } from '../text/t.ts';
import { EmptyState } from '../theme/surface.tsx';
import { SearchField } from '../theme/text-field.tsx';
import { Histogram } from './mini-profile.tsx';
import { partitionColor } from './partition.ts';
import { usePreview, type PreviewSession } from './preview-session.ts';
import { NoPreview, PreviewHeader } from './preview-states.tsx';
import styles from './profile-panel.module.css';
import { useProfile } from './profile-session.ts';
import { sayColumn, sayEdge, sayNumber, sayShare, topShares, type ProfileColumn } from './profile-words.ts';
import { TypeGlyph } from './type-glyph.tsx';

/** Each column of the chosen port at a glance: what is missing, how it spreads, what is frequent. */
export function ProfilePanel() {
  const view = usePreview();
  if (view.session === null) return <NoPreview view={view} />;
  return <TableProfile key={view.session.open.preview} session={view.session} isOld={view.isOld} />;
}

function TableProfile({ session: { target, open }, isOld }: { session: PreviewSession; isOld: boolean }) {
  const { profile, problem } = useProfile(open.preview);
  const title = useActive((d) => (d === undefined ? target.node : titleOf(d.file, target.node)));
  const [find, setFind] = useState('');
  const roles = useMemo(() => new Map(open.schema.columns.map((c) => [c.name, c.role])), [open.schema]);
  const sought = find.trim().toLowerCase();
  const shown = (profile?.columns ?? []).filter(
    (c) =>
      c.name !== rowColumn &&
      (c.name === partitionColumn ? t('preview.partition') : c.name).toLowerCase().includes(sought),
  );
  return (
    <div className={styles.panel} data-old={isOld || undefined}>
      <PreviewHeader
        target={target}
        open={profile?.exact === true ? { ...open, exact: true } : open}
        title={title}
        rows={profile?.rows ?? open.rows}
        isOld={isOld}
      >
        {profile !== null && (
          <span className={styles.extent}>
            {profile.exact ? t('preview.profile.exact', { rows: sayCount(profile.rows) }) : t('preview.profile.sample')}
          </span>
        )}
        <div className={styles.find}>
          <SearchField
            label={t('preview.profile.find')}
            placeholder={t('preview.profile.find')}
            value={find}
            onChange={setFind}
          />
        </div>
      </PreviewHeader>
      {profile === null ? (
        <EmptyState
          title={problem === null ? t('common.loading') : t('preview.profile.failed')}
          hint={problem === null ? undefined : `${problem.message} ${problem.mend ?? ''}`}
        />
      ) : shown.length === 0 ? (
        <EmptyState title={t('preview.profile.noneFound', { text: find })} />
      ) : (
        <ul className={styles.cards} tabIndex={0} aria-label={t('app.drawerTabs.profile')}>
          {shown.map((column) => (
            <ColumnCard key={column.name} column={column} role={roles.get(column.name)} />
          ))}
        </ul>
      )}
    </div>
  );
}

function ColumnCard({ column, role }: { column: ProfileColumn; role: Column['role'] }) {
  const isPartition = column.name === partitionColumn;
  const missing = sayShare(column.nulls, column.count);
  const facts: [string, string][] = [
    [
      t('preview.profile.missing'),
      column.nulls === 0 ? '0' : `${sayCount(column.nulls)} · ${t('preview.profile.share', { share: missing })}`,
    ],
    ...(column.distinct === null
      ? []
      : [[t('preview.profile.distinct'), sayCount(column.distinct)] satisfies [string, string]]),
    ...(column.mean === null ? [] : [[t('preview.profile.mean'), sayNumber(column.mean)] satisfies [string, string]]),
    ...(column.sd === null ? [] : [[t('preview.profile.spread'), sayNumber(column.sd)] satisfies [string, string]]),
  ];
  return (
    <li className={styles.card}>
      <header>
        <TypeGlyph column={column} />
        <b title={`${column.name}: ${column.type}`}>{isPartition ? t('preview.partition') : column.name}</b>
        {role !== undefined && role !== 'feature' && <em>{t(`inspector.roles.${role}`)}</em>}
        <small title={column.type}>
          {isImageType(column.type)
            ? t('preview.schema.image')
            : t(`preview.schema.families.${typeFamily(column.type)}`)}
        </small>
      </header>
      {column.histogram !== null && column.histogram.counts.length > 0 ? (
        <div className={styles.picture}>
          <Histogram column={column} height={44} />
          <p>
            <span>{sayEdge(column.min)}</span>
            <span>{sayEdge(column.max)}</span>
          </p>
        </div>
      ) : column.top.length > 0 ? (
        <TopValues column={column} />
      ) : (
        <p className={styles.words}>{sayColumn(column)}</p>
      )}
      <dl>
        {facts.map(([name, value]) => (
          <div key={name} data-alarm={(name === t('preview.profile.missing') && column.nulls > 0) || undefined}>
            <dt>{name}</dt>
            <dd>{value}</dd>
          </div>
        ))}
      </dl>
    </li>
  );
}

const mostBars = 4;
function TopValues({ column }: { column: ProfileColumn }) {
  const { bars, others } = topShares(column, mostBars);
  const isPartition = column.name === partitionColumn;
  const longest = largest([...bars.map((b) => b.share), 1e-9]);
  const rest = column.distinct === null ? 0 : column.distinct - bars.length;
  return (
    <ol className={styles.top} aria-label={t('preview.profile.top')}>
      {bars.map((bar) => (
        <li key={bar.value} title={bar.value}>
          <span>{bar.value === '' ? '""' : bar.value}</span>
          <i
            style={{
              width: `${(bar.share / longest) * 100}%`,
              ...(isPartition ? { background: partitionColor(bar.value) } : {}),
            }}
          />
          <small>{t('preview.profile.share', { share: sayShare(bar.share, 1) })}</small>
        </li>
      ))}
      {others > 0 && rest > 0 && (
        <li className={styles.rest}>{t('preview.profile.others', { number: sayCount(rest) })}</li>
      )}
    </ol>
  );
}
