import { CircleCheck, CircleX, TriangleAlert } from 'lucide-react';
import type { Problem } from '../../../shared/errors.ts';
import { useCheck } from '../state/check.ts';
import { titleOf } from '../state/commands.ts';
import { useActive } from '../state/documents.ts';
import { useRun } from '../state/followed-run.ts';
import { revealNode } from '../state/view.ts';
import { t } from '../text/t.ts';
import { Button } from '../theme/button.tsx';
import { Icon } from '../theme/icon.tsx';
import { EmptyState } from '../theme/surface.tsx';
import { Fixes } from '../inspector/field-row.tsx';
import styles from './problems.module.css';

const none: readonly Problem[] = [];

/** All that is wrong or doubtful with the pipeline in front, before a run and from the last one; each leads to its place. */
export function ProblemsPanel() {
  const file = useActive((d) => d?.file);
  const checked = useCheck((r) => r?.problems ?? none);
  const nodes = useRun((run) => run?.state.nodes);
  const failed = Object.entries(nodes ?? {}).flatMap(([node, run]): Problem[] =>
    run.problem === undefined ? [] : [{ ...run.problem, node: run.problem.node ?? node }],
  );
  const seen = new Set<string>();
  const all = [...failed, ...checked].filter((p) => {
    const name = `${p.node} ${p.param} ${p.message}`;
    if (seen.has(name)) return false;
    seen.add(name);
    return true;
  });
  if (all.length === 0 || file === undefined)
    return (
      <EmptyState title={t('problems.none')} hint={t('problems.noneHint')}>
        <Icon of={CircleCheck} size={18} />
      </EmptyState>
    );
  const sorted = [...all].sort((a, b) => Number(a.severity === 'warning') - Number(b.severity === 'warning'));
  return (
    <ul className={styles.list} aria-label={t('app.drawerTabs.problems')}>
      {sorted.map((problem) => {
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
