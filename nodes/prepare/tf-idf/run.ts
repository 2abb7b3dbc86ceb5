/** TF-IDF as scikit-learn's TfidfVectorizer computes it: smoothed idf, ln((1 + n) / (1 + df)) + 1, and rows of length 1. */
import { fitted } from '../../../shared/capabilities.ts';
import type { ParamsOf } from '../../../shared/kind/define-spec.ts';
import { uniqueNames } from '../../../shared/kind/unique-names.ts';
import { double, id, join, raw, sql, type Sql } from '../../../shared/sql.ts';
import { compareText } from '../../../methods/preparation/compare-text.ts';
import { textColumnOf } from '../../../shared/kind/fields/text-fields.ts';
import { spec } from './spec.ts';

type Params = ParamsOf<typeof spec>;
type State = {
  readonly column: string | null;
  readonly words: readonly { readonly word: string; readonly idf: number; readonly column: string }[];
};

/** Runs of two and more letters, digits and underscores in lower case, as `(?u)\b\w\w+\b`; pairs behind them. A missing text has none. */
function gramsOf(text: Sql, grams: Params['grams']): Sql {
  const words = sql`coalesce(regexp_extract_all(lower(CAST(${text} AS VARCHAR)), ${String.raw`[\p{L}\p{N}_]{2,}`}), CAST([] AS VARCHAR[]))`;
  if (grams === 'words') return words;
  return sql`list_concat(${words}, list_transform(range(1, len(${words})), lambda i: ${words}[i] || ' ' || ${words}[i + 1]))`;
}

export default fitted(spec, {
  fit: async ({ train, params, progress, warn }): Promise<State> => {
    const text = textColumnOf(params.column, train.columns);
    if (text === undefined) return { column: null, words: [] };
    progress(null, `words of ${text.name}`);
    const grams = gramsOf(id(text.name), params.grams);
    const [{ n = 0 } = {}] = await train.query(sql`SELECT count(*) AS n FROM ${train.ref}`);
    const rows = Number(n);
    const counted = await train.query(
      sql`SELECT word, count(DISTINCT nth) AS texts, count(*) AS times FROM (SELECT nth, unnest(grams) AS word FROM (SELECT row_number() OVER () AS nth, ${grams} AS grams FROM ${train.ref})) GROUP BY word HAVING count(DISTINCT nth) >= ${params.fewestRows} AND count(DISTINCT nth) <= ${double(params.commonest * rows)} ORDER BY times DESC, word LIMIT ${params.most + params.ignore.length}`,
    );
    const ignored = new Set(params.ignore.map((word) => word.toLowerCase()));
    const chosen = counted
      .map((row) => ({ word: String(row['word']), texts: Number(row['texts']) }))
      .filter(({ word }) => !ignored.has(word))
      .slice(0, params.most)
      .sort((a, b) => compareText(a.word, b.word));
    if (chosen.length === 0)
      warn({
        code: 'text.no-words',
        severity: 'warning',
        message: `No word of "${text.name}" stands in enough training texts.`,
        mend: 'Lower "Min document frequency", or look at the texts.',
        param: 'fewestRows',
      });
    const names = uniqueNames(
      chosen.map(({ word }) => `${params.name}_${word}`),
      train.columns.map((c) => c.name),
    );
    return {
      column: text.name,
      words: chosen.map(({ word, texts }, i) => ({
        word,
        idf: params.weights === 'counts' ? 1 : Math.log((1 + rows) / (1 + texts)) + 1,
        column: names[i] ?? word,
      })),
    };
  },

  apply: ({ input, params, state }) => {
    if (state.column === null || !input.columns.some((c) => c.name === state.column))
      return sql`SELECT * FROM ${input.ref}`;
    const text = id(state.column);
    const gone = params.keep ? raw('') : sql` EXCLUDE (${text})`;
    if (state.words.length === 0) return sql`SELECT *${gone} FROM ${input.ref}`;
    const counted = sql`SELECT *, list_aggregate(${gramsOf(text, params.grams)}, 'histogram') AS __counts FROM ${input.ref}`;
    const sized = sql`SELECT * EXCLUDE (__counts), [${join(state.words.map((word) => weightOf(word, params)))}] AS __weights FROM (${counted})`;
    const length =
      params.weights === 'counts'
        ? sql`1::DOUBLE`
        : sql`greatest(sqrt(list_dot_product(__weights, __weights)), 1e-300)`;
    const scaled = sql`SELECT *, ${length} AS __length FROM (${sized})`;
    const leave = params.keep ? sql`__weights, __length` : sql`${text}, __weights, __length`;
    return sql`SELECT * EXCLUDE (${leave}), ${join(state.words.map(({ column }, i) => sql`__weights[${i + 1}] / __length AS ${id(column)}`))} FROM (${scaled})`;
  },
});

function weightOf({ word, idf }: State['words'][number], { weights, sublinear }: Params): Sql {
  const times = sql`CAST(coalesce(__counts[${word}], 0) AS DOUBLE)`;
  if (weights === 'counts') return times;
  const damped = sublinear ? sql`CASE WHEN ${times} > 0 THEN 1 + ln(${times}) ELSE 0 END` : times;
  return sql`${damped} * ${double(idf)}`;
}
