import { ChevronDown } from 'lucide-react';
import { Suspense, useEffect, useState } from 'react';
import { later } from '../../loading/later.tsx';
import { Button as AriaButton } from 'react-aria-components';
import { toProblem, type Problem } from '../../../../shared/errors.ts';
import type { ChartBlock } from '../../../../shared/report.ts';
import type { Column } from '../../../../shared/wires.ts';
import controls from '../../controls/controls.module.css';
import { PickList } from '../../controls/pick-list.tsx';
import { host } from '../../rpc/host.ts';
import { titleOf } from '../../state/documents/commands.ts';
import { useActive } from '../../state/documents/documents.ts';
import { t } from '../../text/t.ts';
import { Segmented } from '../../theme/choice.tsx';
import { Icon } from '../../theme/icon.tsx';
import { PopoverButton } from '../../theme/menu.tsx';
import { EmptyState } from '../../theme/surface.tsx';
import {
  changeRequestedChart,
  chartColumns,
  columnsForColor,
  columnsForX,
  columnsForY,
  marks,
  needsY,
  settleChart,
  takesY,
  useRequestedChart,
  type ChartChoice,
} from './chart-choice.ts';
import styles from './chart-panel.module.css';
import { askPreview } from '../open-previews.ts';
import { usePreview, type PreviewSession } from '../preview-session.ts';
import { NoPreview, PreviewHeader } from '../preview-states.tsx';
import { TypeGlyph } from '../../theme/type-glyph.tsx';

const { Component: ChartView } = later(async () => (await import('../../charts/chart-view.tsx')).ChartView);

/** A chart of the chosen port, drawn as its settings are changed, without a node. */
export function ChartPanel() {
  const view = usePreview();
  if (view.session === null) return <NoPreview view={view} />;
  return <TableChart key={view.session.open.preview} session={view.session} isOld={view.isOld} />;
}

function TableChart({ session: { target, open }, isOld }: { session: PreviewSession; isOld: boolean }) {
  const place = `${target.draft} ${target.node}.${target.port}`;
  const requested = useRequestedChart(place);
  const title = useActive((d) => (d === undefined ? target.node : titleOf(d.file, target.node)));
  const columns = chartColumns(open.schema.columns);
  const choice = settleChart(requested, columns);
  const mark = choice?.mark ?? requested.mark ?? 'histogram';
  const change = (part: Partial<ChartChoice>): void => changeRequestedChart(place, part);
  return (
    <div className={styles.panel} data-old={isOld || undefined}>
      <PreviewHeader target={target} open={open} title={title} rows={open.rows} isOld={isOld} />
      <div className={styles.body}>
        <form className={styles.settings} aria-label={t('preview.chart.mark')} onSubmit={(e) => e.preventDefault()}>
          <Segmented
            label={t('preview.chart.mark')}
            value={mark}
            onChange={(id) => change({ mark: marks.find((m) => m === id) ?? 'histogram' })}
            options={marks.map((id) => ({ id, title: t(`preview.chart.${id}`) }))}
          />
          <ColumnPick
            label={t('preview.chart.x')}
            columns={columnsForX(mark, columns)}
            value={choice?.x ?? null}
            onChange={(x) => change({ x: x ?? '' })}
          />
          {takesY(mark) && (
            <ColumnPick
              label={t('preview.chart.y')}
              columns={columnsForY(columns)}
              value={choice?.y ?? null}
              {...(needsY(mark) ? {} : { none: t('preview.chart.count') })}
              onChange={(y) => change({ y })}
            />
          )}
          <ColumnPick
            label={t('preview.chart.color')}
            columns={columnsForColor(columns)}
            value={choice?.color ?? null}
            none={t('preview.chart.noColor')}
            onChange={(color) => change({ color })}
          />
        </form>
        <div className={styles.picture}>
          {choice === undefined ? (
            <EmptyState title={t('preview.chart.needsNumber')} />
          ) : (
            <Drawing preview={open.preview} choice={choice} />
          )}
        </div>
      </div>
    </div>
  );
}

function Drawing({ preview, choice }: { preview: string; choice: ChartChoice }) {
  const [drawn, setDrawn] = useState<{ block?: ChartBlock; problem?: Problem }>({});
  const { mark, x, y, color } = choice;
  useEffect(() => {
    const abort = new AbortController();
    const { signal } = abort;
    askPreview(preview, (name) => host()['preview.chart']({ preview: name, mark, x, y, color }, { signal }), signal)
      .then((report) => {
        const block = report.blocks.find((b) => b.type === 'chart');
        setDrawn(block === undefined ? {} : { block });
      })
      .catch((thrown: unknown) => {
        if (!abort.signal.aborted) setDrawn({ problem: toProblem(thrown) });
      });
    return () => abort.abort();
  }, [preview, mark, x, y, color]);
  if (drawn.problem !== undefined)
    return (
      <EmptyState title={t('preview.chart.failed')} hint={`${drawn.problem.message} ${drawn.problem.mend ?? ''}`} />
    );
  if (drawn.block === undefined) return <EmptyState title={t('common.loading')} />;
  return (
    <Suspense fallback={<EmptyState title={t('common.loading')} />}>
      <div className={styles.chart}>
        <ChartView block={drawn.block} />
      </div>
      <p className={styles.caption}>{drawn.block.caption}</p>
    </Suspense>
  );
}

/** One column from a list that is found by typing; with `none`, none may be chosen by picking the chosen one again. */
function ColumnPick({
  label,
  columns,
  value,
  none,
  onChange,
}: {
  label: string;
  columns: readonly Column[];
  value: string | null;
  none?: string;
  onChange: (name: string | null) => void;
}) {
  const column = columns.find((c) => c.name === value);
  const shown = column?.name ?? none ?? t('inspector.chooseColumn');
  return (
    <div className={styles.pick}>
      <span aria-hidden>{label}</span>
      <PopoverButton
        label={label}
        trigger={
          <AriaButton className={controls.picker ?? ''} aria-label={`${label}: ${shown}`}>
            {column && <TypeGlyph column={column} />}
            <span className={`${controls.pickerName} ${column ? '' : controls.placeholder}`}>{shown}</span>
            <Icon of={ChevronDown} size={12} />
          </AriaButton>
        }
      >
        {(close) => (
          <PickList
            label={label}
            columns={columns}
            chosen={value === null ? [] : [value]}
            onPick={(name) => {
              onChange(name === value && none !== undefined ? null : name);
              close();
            }}
          />
        )}
      </PopoverButton>
    </div>
  );
}
