import { fitted } from '../../../shared/capabilities.ts';
import { pickColumns } from '../../../shared/kind/columns.ts';
import { double, id, ids, join, raw, sql, type Sql } from '../../../shared/sql.ts';
import { fitPca } from '../../../methods/decomposition/fit-pca.ts';
import { asDouble, onlyOutput } from '../../../methods/preparation/onnx-values.ts';
import { presentNumber } from '../../../methods/preparation/present-number.ts';
import { reportPca, type State } from './report-pca.ts';
import { componentNames, spec, stayingColumns } from './spec.ts';

/** A sum of so many terms is one level of an expression; DuckDB takes a thousand levels. */
const termsTogether = 32;

export default fitted(spec, {
  fit: async ({ train, params, signal, progress }): Promise<State> => {
    const picked = pickColumns(params.columns, train.columns, ['number']);
    const { keep, components, share } = params;
    const found = await fitPca(
      train.query,
      train.ref,
      picked,
      { keep: keep === 'number' ? { components } : { share } },
      {
        signal,
        onProgress: (fraction) => progress(fraction, 'covariances'),
        pause: () => new Promise((resolve) => setImmediate(resolve)),
      },
    );
    const names = componentNames(
      params.name,
      found.components.length,
      stayingColumns(picked, train.columns, params.keepColumns),
    );
    return {
      rows: found.rows,
      columns: picked.map(({ name }, i) => ({ name, mean: found.means[i] ?? 0 })),
      components: found.components.map((loadings, k) => ({
        name: names[k] ?? '',
        loadings,
        deviation: params.whiten ? Math.sqrt(found.variances[k] ?? 1) : 1,
      })),
      variances: found.variances,
    };
  },

  apply: ({ input, params, state }) => {
    const columns = state.columns.map(({ name }) => input.columns.find((c) => c.name === name));
    const centred = columns.flatMap((column, i) =>
      column === undefined
        ? []
        : [sql`${presentNumber(column)} - ${double(state.columns[i]?.mean ?? 0)} AS ${raw(`__c${i}`)}`],
    );
    // Rows without one of the columns have no components.
    if (centred.length < columns.length) return sql`SELECT * FROM ${input.ref}`;
    const own = ids(state.columns.map((c) => c.name));
    const leave = join([...(params.keepColumns ? [] : [own]), ...columns.map((_, i) => raw(`__c${i}`))]);
    const components = state.components.map(({ name, loadings, deviation }) => {
      const total = sumOf(loadings);
      return sql`${deviation === 1 ? total : sql`${total} / ${double(deviation)}`} AS ${id(name)}`;
    });
    return sql`SELECT * EXCLUDE (${leave}), ${join(components)} FROM (SELECT *, ${join(centred)} FROM ${input.ref})`;
  },

  report: (state, params) => reportPca(state, params),

  onnx: ({ graph, columns, params, state }) => {
    const values = state.columns.map(({ name }) => columns.get(name));
    if (values.includes(undefined)) return;
    const size = values.length;
    const all = values.flatMap((value) => (value === undefined ? [] : [asDouble(graph, value)]));
    const wide = onlyOutput(graph.node('Concat', all, { axis: 1 }));
    const means = graph.constant(
      'double',
      [1, size],
      state.columns.map((c) => c.mean),
    );
    const centred = onlyOutput(graph.node('Sub', [wide, means]));
    if (!params.keepColumns) for (const { name } of state.columns) columns.delete(name);
    for (const { name, loadings, deviation } of state.components) {
      const total = onlyOutput(graph.node('MatMul', [centred, graph.constant('double', [size, 1], loadings)]));
      const value =
        deviation === 1 ? total : onlyOutput(graph.node('Div', [total, graph.constant('double', [1], [deviation])]));
      columns.set(name, { value, type: 'double' });
    }
  },
});

function sumOf(loadings: readonly number[]): Sql {
  const parts: Sql[] = [];
  for (let from = 0; from < loadings.length; from += termsTogether) {
    const terms = loadings
      .slice(from, from + termsTogether)
      .map((loading, i) => sql`${raw(`__c${from + i}`)} * ${double(loading)}`);
    parts.push(sql`(${join(terms, ' + ')})`);
  }
  return sql`(${join(parts, ' + ')})`;
}
