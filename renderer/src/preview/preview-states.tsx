import { Play } from 'lucide-react';
import type { ReactNode } from 'react';
import { specs } from '../../../nodes/specs.ts';
import { hiddenColumns } from '../../../shared/wires.ts';
import { portsOf } from '../../../shared/pipeline/edits/ports.ts';
import { scheduleCheck, useCheck, useCheckFailure } from '../state/runs/check.ts';
import { titleOf } from '../state/documents/commands.ts';
import { useActive } from '../state/documents/documents.ts';
import { choosePreview, type PreviewTarget } from '../state/window/preview-target.ts';
import { startRun } from '../state/runs/followed-run.ts';
import { showDrawer, showScreen } from '../state/window/view.ts';
import { toastProblem } from '../state/window/toasts.ts';
import { toProblem } from '../../../shared/errors.ts';
import { sayCount } from '../text/say.ts';
import { t } from '../text/t.ts';
import { Button } from '../theme/button.tsx';
import { categoryColor } from '../theme/category.ts';
import { Select } from '../theme/choice.tsx';
import { EmptyState } from '../theme/surface.tsx';
import { Waiting } from '../theme/waiting.tsx';
import styles from './preview-panel.module.css';
import type { OpenPreview, PreviewView } from './preview-session.ts';

export interface PreviewHeaderProps {
  target: PreviewTarget;
  open: OpenPreview;
  title: string;
  /** Null: not counted yet. */
  rows: number | null;
  /** The number of rows is known, not guessed. */
  isExact?: boolean;
  isOld: boolean;
  children?: ReactNode;
}

const sayRowsOf = (rows: number): string => t('preview.rowsShort', { count: rows, rows: sayCount(rows) });

/** Whose rows these are, how many, and whether they are what a run would give now. */
export function PreviewHeader({
  target,
  open,
  title,
  rows,
  isExact = open.exact,
  isOld,
  children,
}: PreviewHeaderProps) {
  const state = useCheck((result) => result?.nodes[target.node]?.freshness.state);
  const visible = open.schema.columns.filter((c) => !hiddenColumns.includes(c.name)).length;
  return (
    <div className={styles.header}>
      <Source target={target} title={title} />
      <span className={styles.facts}>
        {rows !== null && `${isExact ? sayRowsOf(rows) : t('common.about', { figure: sayRowsOf(rows) })} · `}
        {t('common.columns', { count: visible })} ·{' '}
        <Origin origin={open.origin} isStale={state === 'stale' && open.origin === 'result'} isOld={isOld} />
      </span>
      {children}
    </div>
  );
}

function Origin({ origin, isStale, isOld }: { origin: OpenPreview['origin']; isStale: boolean; isOld: boolean }) {
  const tone = isStale || isOld ? 'stale' : origin;
  return (
    <em data-tone={tone} title={t(origin === 'live' ? 'preview.liveHint' : 'preview.resultHint')}>
      {tone === 'stale' ? t('preview.stale') : origin === 'live' ? t('preview.live') : t('preview.fresh')}
    </em>
  );
}

/** Node → port, with a choice where the node has several. */
export function Source({ target, title }: { target: PreviewTarget; title: string }) {
  const file = useActive((d) => d?.file);
  const kind = file?.nodes[target.node]?.kind ?? '';
  const category = specs.get(kind)?.category;
  const outputs = file === undefined ? [] : Object.entries(portsOf(file, target.node, specs).outputs);
  return (
    <span className={styles.source}>
      <i style={{ background: category === undefined ? 'var(--gov)' : categoryColor(category) }} />
      <b>{title}</b>
      {outputs.length > 1 ? (
        <Select
          label={t('preview.port')}
          layout="bare"
          value={target.port}
          options={outputs.map(([id, port]) => ({ id, title: port.title.toLowerCase() }))}
          onChange={(port) => choosePreview(target.draft, { node: target.node, port })}
        />
      ) : (
        <span>→ {(outputs[0]?.[1].title ?? target.port).toLowerCase()}</span>
      )}
    </span>
  );
}

/** Why there are no rows, and what to do about it. */
export function NoPreview({ view }: { view: PreviewView }) {
  const { target, problem } = view;
  const file = useActive((d) => d?.file);
  const title = target === null || file === undefined ? '' : titleOf(file, target.node);
  if (target === null) return <EmptyState title={t('preview.none')} hint={t('preview.noneHint')} />;
  if (target.wire === 'model')
    return (
      <EmptyState title={t('preview.givesModel', { node: title })} hint={t('preview.givesModelHint')}>
        <Button onPress={() => showDrawer('report')}>{t('app.drawerTabs.report')}</Button>
        <Button onPress={() => showScreen({ name: 'models' })}>{t('app.screens.models')}</Button>
      </EmptyState>
    );
  if (target.wire === 'service')
    return (
      <EmptyState title={t('preview.givesService', { node: title })}>
        <Button onPress={() => showScreen({ name: 'services' })}>{t('app.screens.services')}</Button>
      </EmptyState>
    );
  if (target.wire !== 'table')
    return <EmptyState title={t('preview.noOutput', { node: title })} hint={t('preview.noOutputHint')} />;
  if (problem === null) return <NotYet key={`${target.node}.${target.port}`} draft={target.draft} retry={view.retry} />;
  const needsRun = problem.code.startsWith('preview.needs-run') || problem.code.endsWith('.not-run');
  return (
    <EmptyState
      title={needsRun ? t('preview.needsRun', { node: title }) : t('preview.openFailed')}
      hint={
        needsRun ? (
          t('preview.needsRunHint')
        ) : (
          <span className={styles.problem}>{`${problem.message} ${problem.mend ?? ''}`}</span>
        )
      }
    >
      <RunToHere draft={target.draft} node={target.node} isPrimary={needsRun} />
      <Button onPress={view.retry}>{t('common.retry')}</Button>
    </EmptyState>
  );
}

/** The table is on its way, or the pipeline could not even be checked. */
export function NotYet({ draft, retry }: { draft: string; retry?: () => void }) {
  const isChecked = useCheck((result) => result !== undefined);
  const failure = useCheckFailure();
  if (isChecked)
    return (
      <Waiting title={t('preview.reading')}>{retry && <Button onPress={retry}>{t('common.retry')}</Button>}</Waiting>
    );
  const again = <Button onPress={() => scheduleCheck(draft, 0)}>{t('common.retry')}</Button>;
  if (failure === null) return <Waiting title={t('preview.checking')}>{again}</Waiting>;
  return (
    <EmptyState title={failure.message} hint={failure.mend}>
      {again}
    </EmptyState>
  );
}

export function RunToHere({ draft, node, isPrimary = false }: { draft: string; node: string; isPrimary?: boolean }) {
  return (
    <Button
      look={isPrimary ? 'primary' : 'plain'}
      icon={Play}
      onPress={() => void startRun(draft, { to: node }).catch((thrown: unknown) => toastProblem(toProblem(thrown)))}
    >
      {t('preview.runToHere')}
    </Button>
  );
}
