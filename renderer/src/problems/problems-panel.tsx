import { CircleCheck, CircleX, TriangleAlert } from 'lucide-react';
import { runAction } from '../actions/registry.ts';
import { titleOf } from '../state/documents/commands.ts';
import { useActive } from '../state/documents/documents.ts';
import { useProblems } from '../state/runs/problems.ts';
import { revealNode } from '../state/window/view.ts';
import { t } from '../text/t.ts';
import { Button } from '../theme/button.tsx';
import { Icon } from '../theme/icon.tsx';
import { EmptyState } from '../theme/surface.tsx';
import { Fixes } from '../controls/field-row.tsx';
import styles from './problems.module.css';

/** All that is wrong or doubtful with the pipeline in front, before a run and from the last one; each leads to its place. */
export function ProblemsPanel() {
  const file = useActive((d) => d?.file);
  const all = useProblems();
  if (all.length === 0 && file !== undefined && Object.keys(file.nodes).length === 0)
    return (
      <EmptyState title={t('problems.empty')} hint={t('problems.emptyHint')}>
        <Button onPress={() => runAction('file.open-csv')}>{t('problems.openCsv')}</Button>
        <Button look="quiet" onPress={() => runAction('add.quick')}>
          {t('problems.addNode')}
        </Button>
      </EmptyState>
    );
  if (all.length === 0 || file === undefined)
    return (
      <EmptyState title={t('problems.none')} hint={t('problems.noneHint')}>
        <Icon of={CircleCheck} size={18} />
      </EmptyState>
    );
  return (
    <ul className={styles.list} aria-label={t('app.drawerTabs.problems')}>
      {all.map((problem) => {
        const { node } = problem;
        return (
          <li
            key={`${problem.code} ${node} ${problem.param} ${problem.message}`}
            className={styles.item}
            data-severity={problem.severity}
          >
            <Icon of={problem.severity === 'error' ? CircleX : TriangleAlert} size={14} stroke={1.6} />
            <div>
              <b>{problem.message}</b>
              {problem.mend && <p>{problem.mend}</p>}
              <Fixes problem={problem} />
              <code>{problem.code}</code>
            </div>
            {node !== undefined && Object.hasOwn(file.nodes, node) && (
              <Button look="link" onPress={() => revealNode(node, problem.param)}>
                {titleOf(file, node)}
              </Button>
            )}
          </li>
        );
      })}
    </ul>
  );
}
