/** Rows to learn from without a target: all training rows, with the columns that a rule picks. */
import type { PartitionName, TableInput } from '../../shared/capabilities.ts';
import { fail } from '../../shared/errors.ts';
import { isReadable } from '../../shared/kind/learner.ts';
import type { Column } from '../../shared/wires.ts';
import type { TrainingSet } from './training-set.ts';

export interface FeatureSet extends Pick<TrainingSet, 'features' | 'matrix64' | 'texts'> {
  rows: number;
}

/** @throws `train.no-rows`, `train.no-features` */
export async function openFeatureSet(table: TableInput, features: readonly Column[]): Promise<FeatureSet> {
  const at = (partition: PartitionName): PartitionName => (table.schema.split ? partition : 'all');
  const rows = await table.count(at('train'));
  if (rows === 0)
    throw fail('train.no-rows', {
      message: 'There are no training rows.',
      mend: 'Check the filters before this node and the fractions of Split.',
      port: 'rows',
    });
  if (features.length === 0)
    throw fail('train.no-features', {
      message: 'There is no column to learn from.',
      mend: 'Let the rule pick at least one number, yes/no column, date or text.',
      param: 'columns',
    });
  const numbers = features.filter(isReadable).map((c) => c.name);
  return {
    rows,
    features,
    matrix64: async (of) =>
      numbers.length === 0
        ? new Float64Array(0)
        : (await table.matrix64({ columns: numbers, partition: at(of) })).values,
    texts: (columns, of) =>
      Promise.all(
        columns.map(async (column) =>
          (await table.values({ column, partition: at(of) })).map((v) => (v === null ? null : String(v))),
        ),
      ),
  };
}
