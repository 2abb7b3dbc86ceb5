import { choosePartition } from '../../../methods/evaluation/evaluate-model.ts';
import { nothingMeasured } from '../../../methods/evaluation/nothing-measured.ts';
import { sayRows } from '../../../methods/evaluation/measured.ts';
import { inOrder } from '../../../methods/language/per-text.ts';
import { bertScore, scoreTokens } from '../../../methods/text/bert-score.ts';
import { evaluateTexts, scoreOfPair } from '../../../methods/text/evaluate-texts.ts';
import { answerMetrics, errorRateMetrics, referenceMetrics } from '../../../methods/text/text-methods.ts';
import type { TextMetric, TextPair } from '../../../methods/text/text-metric.ts';
import { unfitTokens } from '../../../methods/text/unfit-tokens.ts';
import { task, type TableInput, type TaskContext } from '../../../shared/capabilities.ts';
import { fail } from '../../../shared/errors.ts';
import type { ParamsOf } from '../../../shared/spec/define-spec.ts';
import { uniqueNames } from '../../../shared/spec/unique-names.ts';
import { id, join, raw, sql, type Sql, type SqlValue } from '../../../shared/sql.ts';
import { encoderEndings } from '../../../shared/media/text-service.ts';
import { hiddenColumns, partitionColumn } from '../../../shared/wires.ts';
import { spec } from './spec.ts';

type Params = ParamsOf<typeof spec>;
type Context = TaskContext<Params>;
/** Texts that stand in the table, each pair once. */
interface DistinctPair extends TextPair {
  text: string;
  reference: string;
  /** How many measured rows have it. */
  count: number;
}

export default task(spec, {
  sources: ({ encoder }) =>
    encoder === '' ? [] : [{ from: 'folder', param: 'encoder', path: encoder, endings: encoderEndings }],

  run: async (context) => {
    const { params, metric, log, warn, outputs } = context;
    const table = context.table('rows');
    const on = await choosePartition(table, params.rows);
    const found = await readPairs(table, params, table.schema.split && on !== 'all' ? on : undefined);
    const pairs = found.pairs.flatMap((pair) => Array.from({ length: pair.count }, (): TextPair => pair));
    if (pairs.length === 0 && found.leftOut === 0) {
      const { finding, report } = nothingMeasured('Texts against references', sayRows(on));
      warn(finding);
      await outputs.report('report', report);
      return outputs.table('rows', await rowsWithScores(context, table, metricsOf(params), found.pairs));
    }
    if (pairs.length === 0)
      throw fail('evaluate.no-rows', {
        message: `None of ${found.leftOut.toLocaleString('en')} rows has both a text and a reference.`,
        mend: 'Look what the node before gives, and which rows are measured.',
      });
    const byMeaning = params.encoder === '' ? [] : [await meaningOf(context, found.pairs)];
    const metrics = [...metricsOf(params), ...byMeaning];
    const warnings = unfitTokens(pairs, { tokenizer: params.bleuTokens, rougeTokens: params.rougeTokens }).filter(
      (text) =>
        metrics.some(({ name }) => text.includes(name === 'bleu' ? 'BLEU' : name.startsWith('rouge') ? 'ROUGE' : '\0')),
    );
    for (const message of warnings)
      warn({
        code: 'evaluate.unfit-words',
        severity: 'warning',
        message,
        mend: 'Choose other words in the inspector.',
      });
    const { resamples, seed } = params;
    const { metrics: values, report } = evaluateTexts({
      pairs,
      metrics,
      leading: leading[params.measures],
      resamples,
      seed,
      on,
      leftOut: found.leftOut,
      warnings,
    });
    for (const { name, value, signature } of values) metric(name, Number.isFinite(value) ? value : null, { signature });
    if (found.leftOut > 0)
      log(`${found.leftOut.toLocaleString('en')} rows without a text or a reference were left out.`);
    await outputs.report('report', report);
    await outputs.table('rows', await rowsWithScores(context, table, metrics, found.pairs));
  },
});

/** Pairs whose tokens are in memory at once. */
const pairsAtOnce = 64;

async function meaningOf(context: Context, pairs: readonly DistinctPair[]): Promise<TextMetric> {
  const { params, signal, progress, threads } = context;
  const encoder = await context.texts.openEncoder(await context.folder('encoder'), { file: params.network, threads });
  const scores = new Map<string, number>();
  const keyOf = (candidate: string, reference: string): string => JSON.stringify([candidate, reference]);
  try {
    for (let from = 0; from < pairs.length; from += pairsAtOnce) {
      progress(
        from / pairs.length,
        `${from.toLocaleString('en')} of ${pairs.length.toLocaleString('en')} texts by meaning`,
      );
      const part = pairs.slice(from, from + pairsAtOnce);
      const texts = [...new Set(part.flatMap(({ candidate, references }) => [candidate, ...references]))];
      const vectors = new Map((await encoder.encodeTokens(texts, signal)).map((one, i) => [texts[i] ?? '', one]));
      for (const { candidate, references } of part)
        for (const reference of references) {
          const [said, wanted] = [vectors.get(candidate), vectors.get(reference)];
          if (said !== undefined && wanted !== undefined)
            scores.set(keyOf(candidate, reference), scoreTokens(said, wanted).f);
        }
    }
    return bertScore((candidate, reference) => scores.get(keyOf(candidate, reference)) ?? NaN, encoder.hash);
  } finally {
    await encoder.close();
  }
}

const leading: Readonly<Record<Params['measures'], string>> = {
  all: 'chrf',
  translations: 'chrf',
  summaries: 'rougeL',
  answers: 'token_f1',
  transcripts: 'wer',
};

function metricsOf({ measures, bleuTokens, rougeTokens }: Params): TextMetric[] {
  const all = referenceMetrics({ tokenizer: bleuTokens, rougeTokens });
  const isRouge = ({ name }: TextMetric): boolean => name.startsWith('rouge');
  switch (measures) {
    case 'all':
      return [...all, ...answerMetrics(), ...errorRateMetrics()];
    case 'translations':
      return all.filter((one) => !isRouge(one));
    case 'summaries':
      return all.filter(isRouge);
    case 'answers':
      return answerMetrics();
    case 'transcripts':
      return errorRateMetrics();
  }
}

/** As text: a list of references as its JSON. */
function asText(table: TableInput, column: string): Sql {
  const type = table.columns.find((c) => c.name === column)?.type ?? '';
  return type.endsWith('[]') ? sql`CAST(to_json(${id(column)}) AS VARCHAR)` : sql`CAST(${id(column)} AS VARCHAR)`;
}

async function readPairs(
  table: TableInput,
  { candidate, reference }: Params,
  partition: string | undefined,
): Promise<{ pairs: DistinctPair[]; leftOut: number }> {
  const measured = partition === undefined ? raw('true') : sql`${id(partitionColumn)} = ${partition}`;
  const rows = await table.query(
    sql`SELECT said, wanted, count(*) FILTER (WHERE measured) AS n FROM (SELECT ${asText(table, candidate)} AS said, ${asText(table, reference)} AS wanted, ${measured} AS measured FROM ${table.ref}) GROUP BY said, wanted ORDER BY said, wanted`,
  );
  const isList = table.columns.find((c) => c.name === reference)?.type.endsWith('[]') === true;
  const pairs: DistinctPair[] = [];
  let leftOut = 0;
  for (const { said, wanted, n } of rows) {
    const references = referencesOf(wanted, isList);
    if (typeof said === 'string' && typeof wanted === 'string' && references.length > 0)
      pairs.push({ candidate: said, references, text: said, reference: wanted, count: Number(n) });
    else leftOut += Number(n);
  }
  return { pairs, leftOut };
}

function referencesOf(value: SqlValue | undefined, isList: boolean): string[] {
  if (typeof value !== 'string') return [];
  const parsed: unknown = isList ? JSON.parse(value) : value;
  return [parsed].flat().filter((one) => typeof one === 'string');
}

/** The input's rows with each metric of the pair alone; nothing where a text or a reference is missing. */
async function rowsWithScores(
  context: Context,
  table: TableInput,
  metrics: readonly TextMetric[],
  pairs: readonly DistinctPair[],
): Promise<Sql> {
  const { candidate, reference } = context.params;
  const names = uniqueNames(
    metrics.map((metric) => metric.name),
    table.columns.map((c) => c.name),
  );
  const rows = pairs.map((pair) => [
    pair.text,
    pair.reference,
    ...metrics.map((metric) => finite(scoreOfPair(metric, pair))),
  ]);
  const staged = await context.stage(
    [
      { name: '__said', type: 'VARCHAR' },
      { name: '__wanted', type: 'VARCHAR' },
      ...names.map((name) => ({ name, type: 'DOUBLE' })),
    ],
    rows,
  );
  const marks = table.schema.split ? hiddenColumns : [];
  const kept = join([...marks, ...table.columns.map((c) => c.name)].map((name) => sql`r.${id(name)}`));
  const { rows: from, order } = inOrder(table);
  return sql`SELECT ${kept}, ${join(names.map((name) => sql`s.${id(name)}`))} FROM (SELECT *, ${asText(table, candidate)} AS __text, ${asText(table, reference)} AS __reference FROM ${from}) AS r LEFT JOIN ${staged} AS s ON r.__text = s.__said AND r.__reference = s.__wanted${order}`;
}

const finite = (value: number): number | null => (Number.isFinite(value) ? value : null);
