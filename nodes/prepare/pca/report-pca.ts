import type { ParamsOf } from '../../../shared/kind/define-spec.ts';
import type { Report } from '../../../shared/report.ts';
import type { spec } from './spec.ts';

/** component = Σ (value − mean) · loading, left to right, divided by `deviation` where it is whitened. */
export type State = {
  readonly rows: number;
  readonly columns: readonly { readonly name: string; readonly mean: number }[];
  readonly components: readonly {
    readonly name: string;
    readonly loadings: readonly number[];
    readonly deviation: number;
  }[];
  /** Of all directions, kept or not, falling. */
  readonly variances: readonly number[];
};

/** A scree plot shows the bend at its beginning; a table of loadings is read by people. */
const [mostBars, mostShown, mostLoadings] = [50, 10, 30];

/** How much of the variance each component explains (scree plot), and what the components are made of. */
export function reportPca(state: State, { whiten }: ParamsOf<typeof spec>): Report {
  const { rows, columns, components, variances } = state;
  const total = variances.reduce((sum, value) => sum + value, 0);
  const ratios = variances.map((value) => value / total);
  const together = sumsOf(ratios);
  const kept = components.length;
  const explained = together[kept - 1] ?? 0;
  const shown = ratios.slice(0, mostBars);
  const places = shown.map((_, i) => i + 1);
  const first = `${kept === 1 ? 'The first component explains' : `The first ${kept} components together explain`} ${percent(explained)} of the variance of ${columns.length === 1 ? 'one column' : `${columns.length} columns`}.`;
  const beyond = ratios.length > mostBars ? ` The first ${mostBars} of ${ratios.length} are shown.` : '';
  return {
    title: 'PCA',
    chips: [
      `fitted on ${rows.toLocaleString('en')} rows`,
      `${kept} of ${variances.length} components`,
      ...(whiten ? ['whitened'] : []),
    ],
    blocks: [
      {
        type: 'metrics',
        items: [
          {
            name: 'explained_variance',
            title: 'Explained variance',
            value: explained,
            better: 'higher',
            help: 'The share of the variance of the training rows that the kept components explain together.',
          },
          { name: 'components', title: 'Components', value: kept, count: true },
        ],
      },
      {
        type: 'chart',
        title: 'Explained variance ratio',
        help: 'A scree plot: where the bars bend, further components say little.',
        mark: 'bar',
        x: { field: 'component', title: 'component', scale: 'category' },
        y: { field: 'ratio', title: 'share of the variance', scale: 'linear' },
        data: { component: places.map(String), ratio: shown },
        caption: `The first component explains ${percent(ratios[0] ?? 0)} of the variance.${beyond}`,
      },
      {
        type: 'chart',
        title: 'Cumulative explained variance',
        mark: 'line',
        x: { field: 'component', title: 'components', scale: 'linear' },
        y: { field: 'share', title: 'share of the variance', scale: 'linear', domain: [0, 1] },
        data: { component: places, share: together.slice(0, mostBars) },
        caption: `${first}${beyond}`,
      },
      {
        type: 'table',
        title: 'Loadings',
        columns: [
          { name: 'column', title: 'Column', align: 'left' },
          ...components.slice(0, mostShown).map(({ name }, k) => ({
            name: `c${k}`,
            title: name,
            align: 'right' as const,
          })),
        ],
        rows: columns
          .slice(0, mostLoadings)
          .map(({ name }, i) => [name, ...components.slice(0, mostShown).map(({ loadings }) => loadings[i] ?? 0)]),
        caption: `What each column adds to a component, for one more of its unit.${
          columns.length > mostLoadings || kept > mostShown
            ? ` The first ${Math.min(mostLoadings, columns.length)} columns and ${Math.min(mostShown, kept)} components are shown.`
            : ''
        }`,
      },
    ],
  };
}

function sumsOf(values: readonly number[]): number[] {
  let sum = 0;
  // Rounding must not make it more than all of it.
  return values.map((value) => Math.min(1, (sum += value)));
}

const percent = (share: number): string => `${Number((share * 100).toFixed(1))} %`;
