/** A network for tables: numbers standardised, gaps filled and marked, texts as categories with a vector each. */
import {
  codesOf,
  encodedColumns,
  tableWidth,
  type CategoryEncoding,
  type EncodingOf,
} from '../neural-inputs/encoding.ts';
import { encodeTable } from '../neural-inputs/encode-rows.ts';
import { fitCategory, fitNumbers } from '../neural-inputs/fit-encoding.ts';
import type { PartitionName } from '../../shared/capabilities.ts';
import { fail } from '../../shared/errors.ts';
import type { NetworkInput } from '../../shared/neural/network.ts';
import type { NetworkRows } from '../../shared/neural/neural-service.ts';
import { isReadable } from '../../shared/kind/learner.ts';
import type { TrainingSet } from './training-set.ts';
import type { NetworkContext } from './learn-network.ts';

/** Howard and Gugger (2020), fastai: a rule of thumb that was found by trying. */
export const embeddingSize = (count: number): number => Math.min(50, Math.max(1, Math.round(1.6 * count ** 0.56)));

/** Rarer values and those beyond so many share the slot for what training never saw, which so learns what an unusual value means. */
export const categoryLimits = { most: 5000, leastOften: 2 };
/** A text that is another in nearly every row is no category. */
const mostShareOfRows = 0.5;
const fewestToJudge = 50;

export interface TableRowsOf {
  encoding: EncodingOf<'table'>;
  rows: (partition: PartitionName) => Promise<NetworkRows>;
}

/** @param as categories as codes with a vector each, or as numbers 1 and 0 */
export async function readTable(
  context: Pick<NetworkContext, 'warn'>,
  set: Pick<TrainingSet, 'features' | 'matrix64' | 'texts'>,
  as: 'codes' | 'one-hot',
): Promise<TableRowsOf> {
  const numberColumns = set.features.filter(isReadable).map((c) => c.name);
  const textColumns = set.features.filter((c) => !isReadable(c)).map((c) => c.name);
  const values = await set.matrix64('train');
  const texts = await set.texts(textColumns, 'train');
  const rows = numberColumns.length > 0 ? values.length / numberColumns.length : (texts[0]?.length ?? 0);
  const categories: CategoryEncoding[] = [];
  for (const [i, column] of textColumns.entries()) {
    const category = fitCategory(column, texts[i] ?? [], categoryLimits);
    const different = new Set(texts[i]).size;
    if (rows >= fewestToJudge && different > rows * mostShareOfRows) warnOfId(context, column, different, rows);
    else categories.push(category);
  }
  if (numberColumns.length === 0 && categories.length === 0)
    throw fail('train.no-features', {
      message: `There is no column to learn from: ${textColumns.map((name) => `"${name}"`).join(', ')} ${textColumns.length === 1 ? 'has' : 'have'} another text in nearly every row.`,
      mend: 'Pick columns of numbers, yes/no, dates or texts that stand for categories; a sequence network learns from texts themselves.',
      param: 'columns',
    });
  const encoding: EncodingOf<'table'> = {
    kind: 'table',
    numbers: fitNumbers(numberColumns, values, rows),
    categories: as === 'codes' ? categories : [],
    oneHot: as === 'one-hot' ? categories : [],
  };
  const kept = encodedColumns(encoding).texts;
  return {
    encoding,
    rows: async (partition) => {
      const numbers = await set.matrix64(partition);
      const own = await set.texts(kept, partition);
      const count = numberColumns.length > 0 ? numbers.length / numberColumns.length : (own[0]?.length ?? 0);
      return encodeTable(encoding, { rows: count, numbers, texts: own });
    },
  };
}

function warnOfId({ warn }: Pick<NetworkContext, 'warn'>, column: string, different: number, rows: number): void {
  warn({
    code: 'train.text-left-out',
    severity: 'warning',
    message: `The text column "${column}" is left out: it has ${different.toLocaleString('en')} different values in ${rows.toLocaleString('en')} rows, too many to be categories.`,
    mend: 'Leave it out by the rule, derive groups from it, or train a sequence network on the text itself.',
    param: 'columns',
    column,
  });
}

export const tableInput = (encoding: EncodingOf<'table'>): NetworkInput => ({
  kind: 'table',
  numbers: tableWidth(encoding),
  categories: encoding.categories.map((c) => ({
    name: c.column,
    count: codesOf(c),
    size: embeddingSize(codesOf(c)),
  })),
});
