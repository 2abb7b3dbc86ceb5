import { genderSwaps, swapWords } from '../../../methods/language/judges/counterfactual.ts';
import { chosenText, distinctTexts } from '../../../methods/language/per-text.ts';
import { task } from '../../../shared/capabilities.ts';
import { uniqueNames } from '../../../shared/spec/unique-names.ts';
import { id, join, sql, type SqlValue } from '../../../shared/sql.ts';
import { partitionColumn, rowColumn } from '../../../shared/wires.ts';
import { pairColumns, spec } from './spec.ts';

export default task(spec, {
  run: async (context) => {
    const { params, log, warn } = context;
    const table = context.table('rows');
    const column = chosenText(table, params.column);
    const swaps = [...params.swaps, ...(params.gender ? genderSwaps : [])];
    const texts = await distinctTexts(table, column);
    const found = texts.flatMap((text): SqlValue[][] => {
      const swapped = swapWords(text, swaps, params.gender);
      return swapped === undefined || swapped === text
        ? []
        : [
            [text, 0, 'original', text],
            [text, 1, 'swapped', swapped],
          ];
    });
    if (found.length === 0)
      warn({
        code: 'counterfactuals.none',
        severity: 'warning',
        message: 'No text holds any of the words, so there are no pairs.',
        mend: 'Give words that stand in the texts.',
        param: 'swaps',
      });
    const staged = await context.stage(
      [
        { name: '__text', type: 'VARCHAR' },
        { name: '__which', type: 'BIGINT' },
        { name: '__variant', type: 'VARCHAR' },
        { name: '__made', type: 'VARCHAR' },
      ],
      found,
    );
    const own = table.columns.map((c) => c.name);
    const [pair = '', variant = ''] = uniqueNames(
      pairColumns.map((c) => c.name),
      own,
    );
    const isSplit = table.schema.split;
    const numbered = sql`(SELECT *, row_number() OVER (${isSplit ? sql`ORDER BY ${id(rowColumn)}` : sql``}) - 1 AS __nth FROM ${table.ref})`;
    const marks = isSplit
      ? [sql`row_number() OVER (ORDER BY r.__nth, c.__which) - 1 AS ${id(rowColumn)}`, sql`r.${id(partitionColumn)}`]
      : [];
    const kept = own.map((name) => (name === column ? sql`c.__made AS ${id(name)}` : sql`r.${id(name)}`));
    await context.outputs.table(
      'rows',
      sql`SELECT ${join([...marks, ...kept, sql`r.__nth AS ${id(pair)}`, sql`c.__variant AS ${id(variant)}`])} FROM ${numbered} AS r JOIN ${staged} AS c ON CAST(r.${id(column)} AS VARCHAR) = c.__text ORDER BY r.__nth, c.__which`,
    );
    log(
      `${(found.length / 2).toLocaleString('en')} of ${texts.length.toLocaleString('en')} different texts hold a word that is swapped.`,
    );
  },
});
