import { useMemo, useState, type ReactNode } from 'react';
import { specs } from '../../../nodes/specs.ts';
import { rowsOf } from '../../../shared/kind/define-spec.ts';
import { linksOf, portsOf } from '../../../shared/pipeline/edits/ports.ts';
import { useProfile } from '../preview/profile/profile-session.ts';
import { NotYet, RunToHere } from '../preview/preview-states.tsx';
import panel from '../preview/preview-panel.module.css';
import { shownColumns } from '../preview/grid/column-layout.ts';
import { useCheck } from '../state/runs/check.ts';
import { titleOf } from '../state/documents/commands.ts';
import { useActive, usePipeline } from '../state/documents/documents.ts';
import { usePreviewTarget, type PreviewTarget } from '../state/window/preview-target.ts';
import { t } from '../text/t.ts';
import { Segmented, Select } from '../theme/choice.tsx';
import { EmptyState } from '../theme/surface.tsx';
import { alignRows } from './align-rows.ts';
import { ChangedColumns } from './changed-columns.tsx';
import { ChangedRows } from './changed-rows.tsx';
import { ChangesSummary } from './changes-summary.tsx';
import styles from './changes.module.css';
import { columnsToShow, compareColumns } from './compare-columns.ts';
import { useTwoTables, type End, type TwoTables } from './use-two-tables.ts';

/** What the selected node did to the data: its table before and after it, with every row and cell that is not the same. */
export function ChangesPanel() {
  const target = usePreviewTarget();
  const file = usePipeline((f) => f);
  if (target === null || file === undefined)
    return <EmptyState title={t('changes.noNode')} hint={t('changes.noNodeHint')} />;
  const sources = linksOf(file)
    .filter(
      (l) => l.to.node === target.node && portsOf(file, l.from.node, specs).outputs[l.from.port]?.wire === 'table',
    )
    .map((l) => ({ ...l.from, into: l.to.port }));
  const title = titleOf(file, target.node);
  if (target.wire !== 'table')
    return <EmptyState title={t('preview.noOutput', { node: title })} hint={t('changes.noTableHint')} />;
  if (sources.length === 0)
    return <EmptyState title={t('changes.noInput', { node: title })} hint={t('changes.noInputHint')} />;
  return <NodeChanges key={`${target.node}.${target.port}`} target={target} sources={sources} title={title} />;
}

interface Source extends End {
  into: string;
}

function NodeChanges({ target, sources, title }: { target: PreviewTarget; sources: readonly Source[]; title: string }) {
  const [chosen, setChosen] = useState('');
  const source = sources.find((s) => nameOf(s) === chosen) ?? sources[0] ?? { node: '', port: '', into: '' };
  const file = useActive((d) => d?.file);
  const content = useContent(source, target);
  const { tables, problem } = useTwoTables(target.draft, source, target, content);
  if (problem !== null)
    return (
      <EmptyState title={t('changes.notYet', { node: title })} hint={`${problem.message} ${problem.mend ?? ''}`}>
        <RunToHere draft={target.draft} node={target.node} isPrimary />
      </EmptyState>
    );
  if (tables === null) return <NotYet draft={target.draft} />;
  const choice = sources.length > 1 && file && (
    <Select
      label={t('changes.input')}
      layout="bare"
      value={nameOf(source)}
      options={sources.map((s) => ({ id: nameOf(s), title: titleOf(file, s.node) }))}
      onChange={setChosen}
    />
  );
  return <Changes tables={tables} node={target.node} title={title} choice={choice} />;
}

const nameOf = (end: Source): string => `${end.node}.${end.port} ${end.into}`;

/** Changes when one of the two tables may read differently. */
function useContent(from: End, to: End): string | null {
  const isChecked = useCheck((r) => r !== undefined);
  const keys = useCheck((r) =>
    [from.node, to.node].map((id) => `${r?.nodes[id]?.key ?? 'no key'} ${r?.nodes[id]?.freshness.run ?? ''}`).join(' '),
  );
  return isChecked ? `${from.node}.${from.port} ${to.node}.${to.port} ${keys}` : null;
}

const widest = 60;

function Changes({
  tables: { before, after },
  node,
  title,
  choice,
}: {
  tables: TwoTables;
  node: string;
  title: string;
  choice: ReactNode;
}) {
  const [scope, setScope] = useState<'changed' | 'all'>('changed');
  const { profile: profileBefore } = useProfile(before.preview);
  const { profile: profileAfter } = useProfile(after.preview);
  const file = usePipeline((f) => f);
  const spec = specs.get(file?.nodes[node]?.kind ?? '');
  const params = file?.nodes[node]?.params;
  const rules = useMemo(() => rulesOf(spec, params), [spec, params]);
  const columns = useMemo(
    () =>
      compareColumns(shownColumns(before.columns), shownColumns(after.columns), {
        before: profileBefore,
        after: profileAfter,
      }),
    [before, after, profileBefore, profileAfter],
  );
  // A node that makes other rows of many (sums, groups) has none that could be told again.
  const isAligned = rules.rows !== 'mix' || columns.every((c) => c.fate !== 'removed');
  const alignment = useMemo(
    () => (isAligned ? alignRows(before.sample, after.sample, { keepsPlaces: rules.keepsPlaces }) : null),
    [isAligned, before, after, rules],
  );
  const cells = useMemo(() => countCells(alignment?.lines ?? []), [alignment]);
  const isWider = columns.some((c) => c.fate !== 'kept');
  const lines = useMemo(() => {
    const all = alignment?.lines ?? [];
    const changed = all.filter((line) => line.before === null || line.after === null || line.changed.length > 0);
    // Where only columns came or went, each row shows it.
    return scope === 'all' || (changed.length === 0 && isWider) ? all : changed;
  }, [alignment, scope, isWider]);
  return (
    <div className={panel.panel}>
      <ChangesSummary title={title} before={before} after={after} alignment={alignment} columns={columns}>
        {choice}
        <Segmented
          label={t('changes.scope')}
          value={scope}
          onChange={(id) => setScope(id === 'all' ? 'all' : 'changed')}
          options={[
            { id: 'changed', title: t('changes.onlyChanged') },
            { id: 'all', title: t('changes.allRows') },
          ]}
        />
      </ChangesSummary>
      <div className={styles.body}>
        {alignment === null ? (
          <EmptyState title={t('changes.otherRows')} hint={t('changes.otherRowsHint')} />
        ) : lines.length === 0 ? (
          <EmptyState
            title={t(alignment.isReordered ? 'changes.onlyOrder' : 'changes.nothing')}
            hint={alignment.isReordered ? undefined : t('changes.nothingHint')}
          />
        ) : (
          <ChangedRows
            lines={lines}
            before={before}
            after={after}
            columns={columnsToShow(columns, cells, { most: widest, touchedFirst: scope === 'changed' })}
          />
        )}
        <ChangedColumns columns={columns} cells={cells} />
      </div>
    </div>
  );
}

function rulesOf(
  spec: ReturnType<typeof specs.get>,
  params: Readonly<Record<string, unknown>> | undefined,
): { rows: ReturnType<typeof rowsOf>; keepsPlaces: boolean } {
  const parsed = spec?.params.safeParse(params ?? {});
  const rows = spec === undefined || parsed?.success !== true ? 'mix' : rowsOf(spec, parsed.data);
  return { rows, keepsPlaces: rows === 'same' && spec?.category !== 'combine' };
}

function countCells(lines: readonly { changed: readonly string[] }[]): ReadonlyMap<string, number> {
  const counts = new Map<string, number>();
  for (const { changed } of lines) for (const name of changed) counts.set(name, (counts.get(name) ?? 0) + 1);
  return counts;
}
