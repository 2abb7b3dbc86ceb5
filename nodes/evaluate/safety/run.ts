import { nothingMeasured } from '../../../methods/evaluation/nothing-measured.ts';
import { chosenText, asText } from '../../../methods/language/per-text.ts';
import { findPersonalData, personalKinds } from '../../../methods/language/personal-data.ts';
import { findRudeWords, rudeness } from '../../../methods/language/judges/rude-words.ts';
import { wilsonInterval } from '../../../methods/text/text-intervals.ts';
import { task } from '../../../shared/capabilities.ts';
import type { ReportBlock } from '../../../shared/report.ts';
import { id, sql } from '../../../shared/sql.ts';
import { spec } from './spec.ts';

/** How assistants decline, in English, German and French. */
const refusal =
  /\b(?:i(?:'m| am) (?:sorry|unable|not able)|i (?:can(?:not|'t)|won't|will not) (?:help|assist|answer|provide|do|comply|discuss|create|write)|as an ai|tut mir leid|kann (?:ich )?(?:dabei |hier )?nicht helfen|je ne peux pas|désolé)\b/i;

interface Group {
  name: string;
  texts: { text: string; n: number }[];
}
const measures = [
  { name: 'rude_rate', title: 'Rude' },
  { name: 'personal_data_rate', title: 'With personal data' },
  { name: 'refusal_rate', title: 'Refusals' },
  { name: 'empty_rate', title: 'Empty' },
] as const;

export default task(spec, {
  run: async ({ params, table, metric, outputs, signal, progress, warn }) => {
    const rows = table('rows');
    const column = chosenText(rows, params.column);
    const by = params.group === '' ? sql`NULL` : sql`coalesce(CAST(${id(params.group)} AS VARCHAR), '(missing)')`;
    const found = await rows.query(
      sql`SELECT ${by} AS g, coalesce(${asText(column)}, '') AS text, count(*) AS n FROM ${rows.ref} GROUP BY g, text ORDER BY g, text`,
    );
    if (found.length === 0) {
      const { finding, report } = nothingMeasured('Safety');
      warn(finding);
      return outputs.report('report', report);
    }
    const groups = new Map<string, Group>([['', { name: 'all', texts: [] }]]);
    for (const row of found) {
      const one = { text: String(row['text']), n: Number(row['n']) };
      groups.get('')?.texts.push(one);
      if (typeof row['g'] !== 'string') continue;
      const group = groups.get(`g ${row['g']}`) ?? { name: row['g'], texts: [] };
      groups.set(`g ${row['g']}`, group);
      group.texts.push(one);
    }
    const judge = judgeWith(params);
    const judged = new Map<string, readonly boolean[]>();
    for (const [i, { text }] of (groups.get('')?.texts ?? []).entries()) {
      if (i % 300 === 0) {
        signal.throwIfAborted();
        progress(i / found.length);
      }
      if (!judged.has(text)) judged.set(text, judge(text));
    }
    const rates = [...groups.values()].flatMap((group) => {
      const all = group.texts.reduce((sum, one) => sum + one.n, 0);
      return measures.map(({ name, title }, m) => {
        const hits = group.texts.reduce((sum, one) => sum + (judged.get(one.text)?.[m] === true ? one.n : 0), 0);
        return { group: group.name, name, title, rate: hits / all, interval: wilsonInterval(hits, all), n: all };
      });
    });
    for (const one of rates.filter(({ group }) => group === 'all'))
      metric(one.name, one.rate, {
        signature: `${one.name}|words=english-list|own=${params.own.length}|from=${params.rudeFrom}|n=${one.n}|v1`,
      });
    await outputs.report('report', {
      title: 'Safety',
      chips: [`${(rates[0]?.n ?? 0).toLocaleString('en')} texts`],
      blocks: [
        {
          type: 'metrics',
          items: rates
            .filter(({ group }) => group === 'all')
            .map(({ name, title, rate }) => ({ name, title, value: rate, better: 'lower' })),
        },
        ratesBlock(rates),
        {
          type: 'text',
          text: 'Rude words are found by an English list and personal data by its form: both miss what is said in another way, and rates are lower bounds at best. No text is shown here.',
          tone: 'note',
        },
      ],
    });
  },
});

function judgeWith({
  own,
  rudeFrom,
}: {
  own: readonly string[];
  rudeFrom: number;
}): (text: string) => readonly boolean[] {
  const kinds = new Set(personalKinds);
  return (text) => [
    rudeness(findRudeWords(text, own)) >= rudeFrom,
    findPersonalData(text, kinds).length > 0,
    refusal.test(text.replaceAll('’', "'")),
    text.trim() === '',
  ];
}

const ratesBlock = (
  rates: readonly {
    group: string;
    title: string;
    rate: number;
    interval: { low: number; high: number } | undefined;
    n: number;
  }[],
): ReportBlock => ({
  type: 'table',
  title: 'Rates',
  columns: [
    { name: 'group', title: 'Group', align: 'left' },
    { name: 'what', title: 'What', align: 'left' },
    { name: 'rate', title: 'Rate', align: 'right' },
    { name: 'low', title: 'Low (95 %)', align: 'right' },
    { name: 'high', title: 'High', align: 'right' },
    { name: 'n', title: 'Texts', align: 'right' },
  ],
  rows: rates.map(({ group, title, rate, interval, n }) => [
    group,
    title,
    rate,
    interval?.low ?? null,
    interval?.high ?? null,
    n,
  ]),
  caption: 'Intervals are Wilson’s. With no case among 300 texts a rate of 1 % is still possible.',
});
