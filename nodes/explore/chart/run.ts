import { task } from '../../../shared/capabilities.ts';
import { fail } from '../../../shared/errors.ts';
import type { Column } from '../../../shared/wires.ts';
import { isOrdered, openChartRows } from './chart-rows.ts';
import { drawBars, drawBoxes, drawHistogram, drawLine, drawPoints } from './draw-chart.ts';
import { spec } from './spec.ts';

export default task(spec, {
  run: async ({ params, table: tableAt, outputs }) => {
    const table = tableAt('rows');
    const columnOf = (param: 'x' | 'y' | 'color' | 'facet'): Column | undefined => {
      const name = params[param];
      const found = table.columns.find((c) => c.name === name);
      if (name !== '' && found === undefined)
        throw fail('column.missing', {
          message: `There is no column "${name}" here.`,
          mend: 'Choose a column that the rows have.',
          param,
          column: name,
        });
      return found;
    };
    const { mark, aggregate, partition } = params;
    const drawing = {
      x: columnOf('x'),
      y: mark === 'histogram' ? undefined : columnOf('y'),
      color: columnOf('color'),
      facet: columnOf('facet'),
      aggregate,
    };
    const as = mark === 'histogram' || mark === 'scatter' ? 'number' : mark === 'line' ? 'own' : 'text';
    const rows = await openChartRows(table, { ...drawing, x: { column: drawing.x, as }, partition });
    const block = await {
      histogram: () => drawHistogram(rows, drawing),
      bar: () => drawBars(rows, drawing, isOrdered(drawing.x)),
      line: () => drawLine(rows, drawing),
      scatter: () => drawPoints(rows, drawing),
      box: () => drawBoxes(rows, drawing),
    }[mark]();
    const total = await table.count(partition);
    await outputs.report('report', {
      title: block.title,
      chips: [`${total.toLocaleString('en-US')} ${partition === 'train' && table.schema.split ? 'training ' : ''}rows`],
      blocks: [block],
    });
  },
});
