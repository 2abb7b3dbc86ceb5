/** The rules of Split: what may stand before it, what after it, and what is offered instead. */
import type { Fix, Problem } from '../../shared/errors.ts';
import type { TableSchema } from '../../shared/wires.ts';
import { rowsOf, withAncestors, withDescendants, type Graph, type PlanNode } from '../graph/graph.ts';

// Over 80 lines: one rule after the other, on the same marks.
export function judgeSplit(
  graph: Graph,
  node: PlanNode,
  inputs: Readonly<Record<string, TableSchema | undefined>>,
  /** Its query, as it was typed, makes each row from one row alone. */
  isEachRow = false,
): Problem[] {
  const { spec } = node;
  if (spec === undefined) return [];
  const afterSplit = Object.values(inputs).some((i) => i?.split === true);
  const problems: Problem[] = [];
  const place = { node: node.id };
  // Asked for where it is needed: over the whole of a long pipeline it would cost the square of its nodes.
  const findSplitBefore = (): string | undefined =>
    [...withAncestors(graph, [node.id])].find((id) => id !== node.id && graph.nodes.get(id)?.spec?.marksRows === true);
  // What a second Split may do is judged by its own check: it may only divide the training rows.
  if (
    afterSplit &&
    !spec.marksRows &&
    spec.form === 'relational' &&
    !looksUp(node, inputs) &&
    !isEachRow &&
    ['mix', 'more', 'past'].includes(rowsOf(node))
  ) {
    const instead = spec.insteadAfterSplit;
    const fixes: Fix[] = [];
    if (instead?.takesItsPlace === true)
      fixes.push({
        do: 'replace',
        title: `Use ${instead.title} instead`,
        node: node.id,
        kind: instead.kind,
        params: {},
      });
    const splitBefore = findSplitBefore();
    if (splitBefore !== undefined)
      fixes.push({
        do: 'move',
        title: `Move it before ${graph.nodes.get(splitBefore)?.title ?? 'Split'}`,
        node: node.id,
        before: splitBefore,
      });
    problems.push({
      code: 'split.mixes-rows',
      severity: 'error',
      message: `"${node.title}" mixes rows, so after Split it would carry test rows into training.`,
      mend: sayMend(node, inputs, instead?.title),
      fixes,
      ...place,
    });
  }
  if (afterSplit && choosesUnasked(node) && !isLearntFrom(graph, node)) {
    const splitBefore = findSplitBefore();
    problems.push({
      code: 'split.only-training-rows',
      severity: 'warning',
      message: `After Split, "${node.title}" takes away training rows alone; all test rows stay, and nothing learns from the rest.`,
      mend: 'Put it before Split, if it is meant for all rows.',
      fixes:
        splitBefore === undefined
          ? []
          : [
              {
                do: 'move',
                title: `Move it before ${graph.nodes.get(splitBefore)?.title ?? 'Split'}`,
                node: node.id,
                before: splitBefore,
              },
            ],
      ...place,
    });
  }
  if (spec.form === 'fitted' && !afterSplit) {
    const later = [...withDescendants(graph, [node.id])].find(
      (id) => id !== node.id && graph.nodes.get(id)?.spec?.marksRows === true,
    );
    if (later !== undefined)
      problems.push({
        code: 'split.learns-before',
        severity: 'error',
        message: `"${node.title}" learns from rows, and here it would learn from the test rows too.`,
        mend: 'Put it after Split: it then learns from the training rows and is applied to all.',
        fixes: [
          {
            do: 'move',
            title: `Put it after ${graph.nodes.get(later)?.title ?? 'Split'}`,
            node: later,
            before: node.id,
          },
        ],
        ...place,
      });
  }
  return problems;
}

/** Sample, Remove duplicates: after Split for training rows only, as a filter is that does not ask for whom it is. */
const choosesUnasked = (node: PlanNode): boolean =>
  node.spec?.form === 'relational' &&
  !node.spec.marksRows &&
  node.spec.trainingOnly === undefined &&
  rowsOf(node) === 'fewer';

const isLearntFrom = (graph: Graph, node: PlanNode): boolean =>
  [...withDescendants(graph, [node.id])].some((id) => {
    const spec = graph.nodes.get(id)?.spec;
    return spec?.learns === true || spec?.form === 'fitted';
  });

function sayMend(
  node: PlanNode,
  inputs: Readonly<Record<string, TableSchema | undefined>>,
  instead: string | undefined,
): string {
  const marked = Object.values(inputs).filter((i) => i?.split === true).length;
  if (node.spec?.lookup !== undefined)
    return marked > 1
      ? 'Let the rows pass the nodes one after another, instead of side by side: a model applies them so to a new row.'
      : 'Put it before Split, or let it look values up: a left join with "Validate many-to-one" on.';
  return instead === undefined
    ? 'Put it before Split.'
    : `Put it before Split, or use ${instead}, which learns from the training rows alone.`;
}

/** A many-to-one join after Split: each row gains values and stays the row that it was. */
function looksUp(node: PlanNode, inputs: Readonly<Record<string, TableSchema | undefined>>): boolean {
  const lookup = node.spec?.lookup?.(node.params);
  return lookup !== undefined && inputs[lookup.table]?.split !== true;
}
