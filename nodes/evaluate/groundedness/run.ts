import { nothingMeasured } from '../../../methods/evaluation/nothing-measured.ts';
import {
  groundSentences,
  sentencesToEncode,
  type GroundedSentence,
} from '../../../methods/language/judges/groundedness.ts';
import { asText, inOrder } from '../../../methods/language/per-text.ts';
import { shorten } from '../../../methods/text/evaluate-texts.ts';
import { bootstrapInterval } from '../../../methods/text/text-intervals.ts';
import { task, type TableInput, type TaskContext } from '../../../shared/capabilities.ts';
import { fail } from '../../../shared/errors.ts';
import type { ParamsOf } from '../../../shared/spec/define-spec.ts';
import { uniqueNames } from '../../../shared/spec/unique-names.ts';
import { id, join, sql, type Sql, type SqlValue } from '../../../shared/sql.ts';
import { encoderEndings, type EncodedTexts, type SentenceEncoder } from '../../../shared/media/text-service.ts';
import { hiddenColumns } from '../../../shared/wires.ts';
import { groundedColumns, spec } from './spec.ts';

type Context = TaskContext<ParamsOf<typeof spec>>;
interface Answer {
  answer: string;
  given: string;
  sources: string[];
  /** Rows that have it. */
  count: number;
  sentences: GroundedSentence[];
}

export default task(spec, {
  sources: ({ by, encoder }) =>
    by === 'both' ? [{ from: 'folder', param: 'encoder', path: encoder, endings: encoderEndings }] : [],

  run: async (context) => {
    const { params, metric, outputs, signal, progress } = context;
    const table = context.table('rows');
    const answers = await readAnswers(table, params);
    if ((await table.count()) === 0) {
      const { finding, report } = nothingMeasured('Groundedness', 'answers');
      context.warn(finding);
      await outputs.report('report', report);
      return outputs.table('rows', await rowsWithVerdicts(context, table, []));
    }
    const vectorOf = params.by === 'both' ? await vectorsFor(context, answers) : undefined;
    for (const [i, one] of answers.entries()) {
      signal.throwIfAborted();
      if (i % 20 === 0)
        progress(i / answers.length, `${i.toLocaleString('en')} of ${answers.length.toLocaleString('en')} answers`);
      one.sentences = groundSentences(one.answer, one.sources, {
        leastOverlap: params.leastOverlap,
        leastSimilarity: params.leastSimilarity,
        ...(vectorOf === undefined ? {} : { vectorOf }),
      });
    }
    // An answer without any claim is neither grounded nor not: it is counted, and left out of the mean.
    const judged = answers.filter((one) => one.sentences.length > 0);
    const rows = judged.flatMap((one) => Array.from({ length: one.count }, () => [groundedShare(one), 1]));
    const without = answers.filter((one) => one.sentences.length === 0).reduce((sum, one) => sum + one.count, 0);
    if (rows.length === 0)
      throw fail('evaluate.no-rows', {
        message: 'No answer says anything that could be looked for in sources.',
        mend: 'Look at the columns of answers and sources.',
        param: 'answer',
      });
    const mean = rows.reduce((sum, [share = 0]) => sum + share, 0) / rows.length;
    const interval = bootstrapInterval({ score: ([sum = 0, n = 0]) => sum / n }, rows, { seed: 1 });
    const how = `by=${params.by}|words=${params.leastOverlap}${params.by === 'both' ? `|cosine=${params.leastSimilarity}` : ''}|n=${rows.length}|v1`;
    metric('groundedness', mean, { signature: `groundedness|agg=mean|${how}` });
    metric('fully_grounded', rows.filter(([share]) => share === 1).length / rows.length, {
      signature: `fully_grounded|${how}`,
    });
    metric('without_claims', without);
    await outputs.report(
      'report',
      reportOf(judged, { mean, low: interval?.low ?? null, high: interval?.high ?? null, rows: rows.length, without }),
    );
    await outputs.table('rows', await rowsWithVerdicts(context, table, answers));
  },
});

const groundedShare = ({ sentences }: Answer): number =>
  sentences.filter((one) => one.supported).length / sentences.length;

function sourcesText(table: TableInput, column: string): Sql {
  const type = table.columns.find((c) => c.name === column)?.type ?? '';
  return type.endsWith('[]') ? sql`CAST(to_json(${id(column)}) AS VARCHAR)` : asText(column);
}

async function readAnswers(table: TableInput, { answer, sources }: Context['params']): Promise<Answer[]> {
  const isList = table.columns.find((c) => c.name === sources)?.type.endsWith('[]') === true;
  const rows = await table.query(
    sql`SELECT said, given, count(*) AS n FROM (SELECT ${asText(answer)} AS said, coalesce(${sourcesText(table, sources)}, '') AS given FROM ${table.ref}) WHERE said IS NOT NULL GROUP BY said, given ORDER BY said, given`,
  );
  return rows.map((row) => {
    const given = String(row['given']);
    const parsed: unknown = isList && given !== '' ? JSON.parse(given) : [given];
    return {
      answer: String(row['said']),
      given,
      sources: Array.isArray(parsed) ? parsed.filter((one) => typeof one === 'string') : [],
      count: Number(row['n']),
      sentences: [],
    };
  });
}

async function vectorsFor(
  context: Context,
  answers: readonly Answer[],
): Promise<(sentence: string) => Float32Array | undefined> {
  const { params, signal, threads } = context;
  const sentences = sentencesToEncode(
    answers.map((one) => one.answer),
    [...new Set(answers.flatMap((one) => one.sources))],
  );
  const encoder = await context.texts.openEncoder(await context.folder('encoder'), { file: params.network, threads });
  const { size, values } = await encodeAll(encoder, sentences, signal);
  const places = new Map(sentences.map((sentence, i) => [sentence, i]));
  return (sentence) => {
    const at = places.get(sentence);
    return at === undefined ? undefined : values.subarray(at * size, (at + 1) * size);
  };
}

async function encodeAll(
  encoder: SentenceEncoder,
  sentences: readonly string[],
  signal: AbortSignal,
): Promise<EncodedTexts> {
  try {
    return await encoder.encode(sentences, { pool: 'auto', normalise: true, signal });
  } finally {
    await encoder.close();
  }
}

async function rowsWithVerdicts(context: Context, table: TableInput, answers: readonly Answer[]): Promise<Sql> {
  const { answer, sources } = context.params;
  const values = answers.map((one): SqlValue[] => [
    one.answer,
    one.given,
    one.sentences.length === 0 ? null : groundedShare(one),
    one.sentences
      .filter((s) => !s.supported)
      .map((s) => s.text)
      .join(' ') || null,
    JSON.stringify(
      one.sentences.map(({ start, end, supported, overlap, similarity, evidence }) => ({
        start,
        end,
        supported,
        overlap,
        similarity,
        ...(evidence === null
          ? {}
          : { source: evidence.source, source_start: evidence.start, source_end: evidence.end }),
      })),
    ),
  ]);
  const staged = await context.stage(
    [
      { name: '__said', type: 'VARCHAR' },
      { name: '__given', type: 'VARCHAR' },
      ...groundedColumns.map((c, i) => ({ name: `__v${i}`, type: c.type })),
    ],
    values,
  );
  const own = table.columns.map((c) => c.name);
  const names = uniqueNames(
    groundedColumns.map((c) => c.name),
    own,
  );
  const marks = table.schema.split ? hiddenColumns : [];
  const kept = join([...marks, ...own].map((name) => sql`r.${id(name)}`));
  const { rows: from, order } = inOrder(table);
  return sql`SELECT ${kept}, ${join(names.map((name, i) => sql`v.${id(`__v${i}`)} AS ${id(name)}`))} FROM (SELECT *, ${asText(answer)} AS __text, coalesce(${sourcesText(table, sources)}, '') AS __sources FROM ${from}) AS r LEFT JOIN ${staged} AS v ON r.__text = v.__said AND r.__sources = v.__given${order}`;
}

function reportOf(
  judged: readonly Answer[],
  {
    mean,
    low,
    high,
    rows,
    without,
  }: { mean: number; low: number | null; high: number | null; rows: number; without: number },
): Parameters<Context['outputs']['report']>[1] {
  const worst = [...judged].sort((a, b) => groundedShare(a) - groundedShare(b)).slice(0, 10);
  return {
    title: 'Groundedness',
    chips: [
      `${rows.toLocaleString('en')} answers`,
      ...(without > 0 ? [`${without.toLocaleString('en')} without any claim left out`] : []),
      ...(low === null || high === null ? [] : [`95 % ${low.toFixed(3)} to ${high.toFixed(3)}`]),
    ],
    blocks: [
      {
        type: 'metrics',
        items: [
          { name: 'groundedness', title: 'Sentences with a source', value: mean, better: 'higher' },
          {
            name: 'fully_grounded',
            title: 'Answers wholly with sources',
            value: judged.filter((one) => groundedShare(one) === 1).length / judged.length,
            better: 'higher',
          },
        ],
      },
      ...worst.map((one) => ({
        type: 'table' as const,
        title: shorten(one.answer),
        columns: [
          { name: 'verdict', title: '', align: 'left' as const },
          { name: 'sentence', title: 'Sentence', align: 'left' as const },
          { name: 'evidence', title: 'Nearest in the sources', align: 'left' as const },
          { name: 'words', title: 'Words', align: 'right' as const },
          { name: 'meaning', title: 'Meaning', align: 'right' as const },
        ],
        rows: one.sentences.map((s) => [
          s.supported ? '✓' : s.unknownNumbers.length > 0 ? `✗ ${s.unknownNumbers.join(', ')} in no source` : '✗',
          shorten(s.text),
          shorten(s.evidence?.text ?? ''),
          s.overlap,
          s.similarity,
        ]),
      })),
    ],
  };
}
