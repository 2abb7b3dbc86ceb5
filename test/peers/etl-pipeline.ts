/** The pipeline that `etl.ts` measures. */
import type { PipelineFile } from '../../shared/pipeline/file.ts';
import { validate } from '../../shared/pipeline/parse.ts';

const node = (kind: string, params: Record<string, unknown>): unknown => ({ kind, version: 1, params });

/** @param atLeast pieces of an order: the parameter that changes between a cold and a warm run */
export const etlPipeline = (atLeast: number): PipelineFile =>
  validate({
    flowyard: 1,
    title: 'Orders by country and month',
    parameters: {},
    nodes: {
      orders: node('read.csv', { file: 'orders.csv' }),
      customers: node('read.csv', { file: 'customers.csv' }),
      types: node('clean.types', { types: { quantity: 'number' } }),
      sold: node('clean.filter', {
        rules: [
          { column: 'status', operator: 'not-equals', value: 'cancelled' },
          { column: 'quantity', operator: 'at-least', value: String(atLeast) },
        ],
      }),
      derive: node('clean.derive', {
        columns: [
          { name: 'revenue', expression: 'quantity * price * (1 - coalesce(discount, 0))' },
          { name: 'year', expression: 'year(ordered)' },
          { name: 'month', expression: 'month(ordered)' },
        ],
      }),
      join: node('combine.join', { how: 'left', keys: [{ left: 'customer', right: 'id' }], rightUnique: true }),
      age: node('clean.derive', { columns: [{ name: 'days', expression: "date_diff('day', joined, ordered)" }] }),
      months: node('combine.aggregate', {
        by: ['country', 'segment', 'year', 'month'],
        aggregates: [
          { function: 'rows', as: 'rows' },
          { function: 'sum', column: 'revenue', as: 'revenue' },
          { function: 'mean', column: 'price', as: 'mean_price' },
          { function: 'maximum', column: 'days', as: 'days' },
          { function: 'sum', column: 'quantity', as: 'pieces' },
        ],
      }),
      sort: node('combine.sort', {
        keys: ['country', 'segment', 'year', 'month'].map((column) => ({ column, direction: 'ascending' })),
      }),
      write: node('write.table', { file: 'out.parquet', overwrite: true }),
    },
    wires: [
      'orders.rows -> types.rows',
      'types.rows -> sold.rows',
      'sold.rows -> derive.rows',
      'derive.rows -> join.left',
      'customers.rows -> join.right',
      'join.rows -> age.rows',
      'age.rows -> months.rows',
      'months.rows -> sort.rows',
      'sort.rows -> write.rows',
    ],
    groups: {},
    notes: {},
    layout: {},
  });
