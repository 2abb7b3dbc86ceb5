import { chosenText, distinctTexts } from '../../../methods/language/per-text.ts';
import { chunkText } from '../../../methods/language/chunk-text.ts';
import { task, type TaskContext } from '../../../shared/capabilities.ts';
import type { ParamsOf } from '../../../shared/spec/define-spec.ts';
import { uniqueNames } from '../../../shared/spec/unique-names.ts';
import { id, join, sql, type SqlValue } from '../../../shared/sql.ts';
import { encoderEndings } from '../../../shared/media/text-service.ts';
import { partitionColumn, rowColumn } from '../../../shared/wires.ts';
import { chunkColumns, spec } from './spec.ts';

type Context = TaskContext<ParamsOf<typeof spec>>;

export default task(spec, {
  sources: ({ by, encoder }) =>
    by === 'tokens' ? [{ from: 'folder', param: 'encoder', path: encoder, endings: encoderEndings }] : [],

  run: async (context) => {
    const { params, signal, progress, log } = context;
    const table = context.table('rows');
    const column = chosenText(table, params.column);
    const texts = await distinctTexts(table, column);
    const found: SqlValue[][] = [];
    await using meter = await openMeter(context);
    for (const [i, text] of texts.entries()) {
      signal.throwIfAborted();
      if (i % 100 === 0) progress(i / texts.length);
      const chunks = chunkText(text, { ...params, ...meter });
      chunks.forEach((chunk, n) => found.push([text, n, chunk.start, chunk.end, chunk.text]));
    }
    const staged = await context.stage(
      [
        { name: '__text', type: 'VARCHAR' },
        ...chunkColumns.map(({ type }, i) => ({ name: `__c${i}`, type })),
        { name: '__piece', type: 'VARCHAR' },
      ],
      found,
    );
    const own = table.columns.map((c) => c.name);
    const added = uniqueNames(
      chunkColumns.map((c) => c.name),
      own,
    ).map((name, i) => sql`c.${id(`__c${i}`)} AS ${id(name)}`);
    const kept = own.map((name) => (name === column ? sql`c.__piece AS ${id(name)}` : sql`r.${id(name)}`));
    const { isSplit, order } = { isSplit: table.schema.split, order: table.schema.split ? id(rowColumn) : id('__nth') };
    // Pieces stay in the partition of their text; ranks are counted anew, since no two rows share one.
    const marks = isSplit
      ? [sql`row_number() OVER (ORDER BY r.${order}, c.__c0) - 1 AS ${id(rowColumn)}`, sql`r.${id(partitionColumn)}`]
      : [];
    const numbered = isSplit ? sql`${table.ref}` : sql`(SELECT *, row_number() OVER () AS __nth FROM ${table.ref})`;
    await context.outputs.table(
      'rows',
      sql`SELECT ${join([...marks, ...kept, ...added])} FROM ${numbered} AS r JOIN ${staged} AS c ON CAST(r.${id(column)} AS VARCHAR) = c.__text ORDER BY r.${order}, c.__c0`,
    );
    log(`${texts.length.toLocaleString('en')} different texts in ${found.length.toLocaleString('en')} pieces.`);
  },
});

interface Meter extends AsyncDisposable {
  measure: (text: string) => number;
  measureGap?: (text: string) => number;
}

async function openMeter(context: Context): Promise<Meter> {
  const { params, threads } = context;
  const nothing = async (): Promise<void> => {};
  if (params.by === 'words')
    return { measure: (text) => text.match(/\S+/g)?.length ?? 0, [Symbol.asyncDispose]: nothing };
  const length = (text: string): number => Array.from(text).length;
  if (params.by === 'characters') return { measure: length, measureGap: length, [Symbol.asyncDispose]: nothing };
  const encoder = await context.texts.openEncoder(await context.folder('encoder'), { file: params.network, threads });
  // What the tokenizer adds to every text is added to a piece once.
  const added = encoder.countTokens('');
  return { measure: (text) => encoder.countTokens(text) - added, [Symbol.asyncDispose]: () => encoder.close() };
}
