import { fitted } from '../../../shared/capabilities.ts';
import { fail } from '../../../shared/errors.ts';
import { pickColumns } from '../../../shared/spec/columns.ts';
import type { ParamsOf } from '../../../shared/spec/define-spec.ts';
import { selectList } from '../../../shared/table/select-list.ts';
import { double, id, sql } from '../../../shared/sql.ts';
import { measureNumbers, type NumberStatistics } from '../../../methods/preparation/number-statistics.ts';
import { asDouble, onlyOutput } from '../../../methods/preparation/onnx-values.ts';
import { spec } from './spec.ts';

type Params = ParamsOf<typeof spec>;
/** scaled = (value − center) / spread */
type Scaling = { readonly name: string; readonly center: number; readonly spread: number };
type State = { readonly columns: readonly Scaling[] };

export default fitted(spec, {
  fit: async ({ train, params, warn }): Promise<State> => {
    const picked = pickColumns(params.columns, train.columns, ['number']);
    const statistics = await measureNumbers(train.query, train.ref, picked);
    const columns = picked.map(({ name }): Scaling => {
      const found = statistics.get(name);
      if (!found || found.count === 0) {
        warn({
          code: 'scale.all-missing',
          severity: 'warning',
          message: `"${name}" has no value in the training rows; it stays as it is.`,
          mend: 'Leave the column out, or fill it in before.',
          param: 'columns',
          column: name,
        });
        return { name, center: 0, spread: 1 };
      }
      const { center, spread } = scaling(params.method, found);
      if (!Number.isFinite(spread)) throw tooWide(name);
      return { name, center, spread };
    });
    return { columns };
  },

  apply: ({ input, state }) => {
    const known = new Set(input.columns.map((c) => c.name));
    const columns = state.columns.filter((c) => known.has(c.name));
    if (columns.length === 0) return sql`SELECT * FROM ${input.ref}`;
    const replaced = new Map(
      columns.map(({ name, center, spread }) => [
        name,
        sql`(CAST(${id(name)} AS DOUBLE) - ${double(center)}) / ${double(spread)}`,
      ]),
    );
    return sql`SELECT ${selectList(input, { replaced })} FROM ${input.ref}`;
  },

  onnx: ({ graph, columns, state }) => {
    for (const { name, center, spread } of state.columns) {
      const column = columns.get(name);
      if (!column) continue;
      const centred = onlyOutput(graph.node('Sub', [asDouble(graph, column), graph.constant('double', [1], [center])]));
      columns.set(name, {
        value: onlyOutput(graph.node('Div', [centred, graph.constant('double', [1], [spread])])),
        type: 'double',
      });
    }
  },
});

/** As scikit-learn's StandardScaler, MinMaxScaler and RobustScaler: a column that does not vary is only shifted. */
function scaling(method: Params['method'], found: NumberStatistics): { center: number; spread: number } {
  switch (method) {
    case 'standard': {
      // A spread within the rounding of the mean is none (Chan, Golub and LeVeque 1983, as scikit-learn judges it).
      const mean = found.mean / found.unit;
      const rounding = found.count * Number.EPSILON * found.variance + (found.count * mean * Number.EPSILON) ** 2;
      return { center: found.mean, spread: found.variance <= rounding ? 1 : Math.sqrt(found.variance) * found.unit };
    }
    case 'min-max':
      return { center: found.min, spread: orOne(found.max - found.min) };
    case 'robust':
      return { center: found.median, spread: orOne(found.upperQuartile - found.lowerQuartile) };
  }
}

const tooWide = (column: string): Error =>
  fail('scale.too-wide', {
    message: `The values of "${column}" lie farther apart than the largest number that a column can hold (1.8e308).`,
    mend: 'Divide them by a number before, or scale by mean and standard deviation.',
    column,
  });

const orOne = (spread: number): number => (spread < 10 * Number.EPSILON ? 1 : spread);
