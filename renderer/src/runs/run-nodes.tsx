import { FileChartColumn } from 'lucide-react';
import { specs } from '../../../nodes/specs.ts';
import type { PipelineFile } from '../../../shared/pipeline/file.ts';
import type { NodeRunState, RunState } from '../../../shared/run/run-state.ts';
import { titleOf } from '../state/commands.ts';
import { showScreen } from '../state/view.ts';
import { sayBytes, sayCount, sayDuration } from '../text/say.ts';
import { t } from '../text/t.ts';
import { Button } from '../theme/button.tsx';
import { categoryColor } from '../theme/category.ts';
import { kindIcon } from '../theme/kind-icon.ts';
import styles from '../theme/master.module.css';
import { Card } from '../theme/master.tsx';
import { Tile } from '../theme/tile.tsx';
import { Status } from './run-status.tsx';

/** What each node did in a run: computed, taken from the cache, skipped, and why. */
export function RunNodes({ state, file }: { state: RunState | undefined; file: PipelineFile | undefined }) {
  const nodes = Object.entries(state?.nodes ?? {});
  return (
    <Card
      title={t('runs.nodes')}
      note={nodes.length === 0 ? undefined : t('common.nodes', { count: nodes.length })}
      wide
    >
      {nodes.length === 0 ? (
        <p className={styles.body}>{state === undefined ? t('common.loading') : t('runs.nodesNone')}</p>
      ) : (
        <div className={styles.room}>
          <table className={styles.table}>
            <thead>
              <tr>
                <th scope="col">{t('runs.node')}</th>
                <th scope="col">{t('runs.status')}</th>
                <th scope="col">{t('runs.why')}</th>
                <th scope="col">{t('runs.gave')}</th>
                <th scope="col" data-align="right">
                  {t('runs.took')}
                </th>
                <th scope="col">
                  <span className="visually-hidden">{t('app.drawerTabs.report')}</span>
                </th>
              </tr>
            </thead>
            <tbody>
              {nodes.map(([id, node]) => (
                <NodeRow key={id} id={id} node={node} file={file} />
              ))}
            </tbody>
          </table>
        </div>
      )}
    </Card>
  );
}

function NodeRow({ id, node, file }: { id: string; node: NodeRunState; file: PipelineFile | undefined }) {
  const spec = specs.get(file?.nodes[id]?.kind ?? '');
  const report = node.outputs.find((o) => o.wire === 'report');
  const why =
    node.problem === undefined ? node.reason : [node.problem.message, node.problem.mend].filter(Boolean).join(' ');
  return (
    <tr>
      <td>
        <span className={styles.named}>
          <Tile icon={kindIcon(spec)} color={spec ? categoryColor(spec.category) : 'var(--gov)'} />
          {file === undefined ? id : titleOf(file, id)}
        </span>
      </td>
      <td>
        <Status status={node.state} words />
      </td>
      <td title={why} className={node.problem === undefined ? styles.quiet : styles.bad}>
        {why ?? '–'}
      </td>
      <td className={styles.quiet}>{sayOutputs(node) || '–'}</td>
      <td data-align="right">
        {node.ms !== undefined
          ? sayDuration(node.ms)
          : node.savedMs === undefined
            ? '–'
            : t('states.savedTime', { time: sayDuration(node.savedMs) })}
      </td>
      <td data-align="right">
        {report && (
          <Button
            look="link"
            icon={FileChartColumn}
            iconSize={12}
            onPress={() => showScreen({ name: 'report', key: report.key, node: id })}
          >
            {t('app.drawerTabs.report')}
          </Button>
        )}
      </td>
    </tr>
  );
}

const sayOutputs = (node: NodeRunState): string =>
  node.outputs
    .flatMap((o) =>
      o.rows !== undefined
        ? [t('common.rows', { count: o.rows, rows: sayCount(o.rows) })]
        : o.wire === 'model' && o.bytes !== undefined
          ? [sayBytes(o.bytes)]
          : [],
    )
    .join(', ');
