/** The curves of evaluations (ROC, precision and recall, calibration) of several runs, as charts that lay them over each other. */
import type { ChartBlock, Report } from '../../../shared/report.ts';

export interface NamedReport {
  letter: string;
  /** The evaluation: its curves are laid over those of the same node of the other runs. */
  node: string;
  report: Report;
}
interface Laid {
  node: string;
  of: { letter: string; block: ChartBlock }[];
}

export interface OverlaidCurve {
  node: string;
  block: ChartBlock;
  /** Whether it is not the same in all runs. */
  differs: boolean;
}

/** @returns a chart for each curve that at least two runs have, with the node that it is of, in the order of the first report */
export function reportCurves(reports: readonly NamedReport[]): OverlaidCurve[] {
  const laid = new Map<string, Laid>();
  for (const { letter, node, report } of reports)
    for (const block of report.blocks) {
      if (block.type !== 'chart' || block.mark !== 'line' || block.facet !== undefined) continue;
      const name = `${node} ${block.title} ${block.x.field} ${block.y.field}`;
      const one = laid.get(name) ?? { node, of: [] };
      one.of.push({ letter, block });
      laid.set(name, one);
    }
  return [...laid.values()]
    .filter(({ of }) => of.length > 1)
    .map(({ node, of }) => {
      const [first = '', ...others] = of.map(({ block }) => JSON.stringify(block.data));
      return { node, block: overlay(of), differs: others.some((data) => data !== first) };
    });
}

/** `late (0.912)`: a class with the area under its curve, which differs between runs. */
const figureAtEnd = / \((?:\d\.\d{3}|NaN)\)$/;

function overlay(of: Laid['of']): ChartBlock {
  const rows = of.flatMap(({ letter, block }) => {
    const { x, y, color, data } = block;
    return (data[x.field] ?? []).map((value, i) => {
      const series = color === undefined ? '' : String(data[color]?.[i] ?? '');
      return { x: value, y: data[y.field]?.[i] ?? null, letter, series, part: series.replace(figureAtEnd, '') };
    });
  });
  const [first] = of;
  if (first === undefined) throw new Error('there is nothing to lay over each other');
  const { guides, ...block } = first.block;
  // A chosen threshold, or the share of positives, is of one run where it is not that of all.
  const isCommon = of.every((one) => JSON.stringify(one.block.guides) === JSON.stringify(guides));
  const parts = new Set(rows.map(({ part }) => part));
  return {
    ...block,
    color: 'run',
    ...(guides !== undefined && isCommon ? { guides } : {}),
    ...(parts.size > 1 ? { facet: 'part' } : {}),
    data: {
      [block.x.field]: rows.map(({ x }) => x),
      [block.y.field]: rows.map(({ y }) => y),
      // One class has room for its figure in the legend.
      run: rows.map(({ letter, series }) => (parts.size > 1 || series === '' ? letter : `${letter} ${series}`)),
      part: rows.map(({ part }) => part),
    },
    caption: of.map(({ letter, block: { caption } }) => `${letter}: ${caption}`).join(' '),
  };
}
