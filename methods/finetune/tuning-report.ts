import { largest, smallest } from '../../shared/append.ts';
import type {
  DecoderMeasure,
  DecoderQuote,
  DecoderSample,
  DecoderStep,
  OneBatchCheck,
  TokenRow,
} from '../../shared/decoder.ts';
import type { ReportBlock } from '../../shared/report.ts';
import { targetCount } from '../decoder/make-batch.ts';
import { niceBins } from '../statistics/nice-bins.ts';
import type { Tokenizer } from '../tokenizer/tokenizer.ts';

/** The first rows, token by token: what is learnt, what is only read. */
export function tokenBlock(rows: readonly TokenRow[], tokenizer: Tokenizer, most = 4): ReportBlock {
  const shown = rows.slice(0, most);
  return {
    type: 'tokens',
    title: 'What the model sees',
    samples: shown.map((row, i) => ({
      title: `row ${i + 1}: ${row.ids.length} tokens, ${targetCount(row)} of them learnt`,
      tokens: row.ids.slice(0, 400).map((id, at) => ({
        text: tokenizer.textOf(id),
        mark: row.trained[at] === true && at > 0 ? ('learnt' as const) : ('read' as const),
      })),
    })),
    caption:
      'Marked tokens are learnt: the model is corrected where it would have said something else. The others are only read.',
  };
}

export function lengthBlock(lengths: readonly number[], most: number): ReportBlock {
  const edges = [...niceBins({ min: smallest(lengths), max: largest(lengths), rows: lengths.length, whole: true })];
  const from = edges.slice(0, -1);
  const to = edges.slice(1);
  const count = from.map(
    (low, i) => lengths.filter((l) => l >= low && (l < (to[i] ?? 0) || i === to.length - 1)).length,
  );
  const over = lengths.filter((length) => length > most).length;
  return {
    type: 'chart',
    title: 'Lengths of the rows',
    mark: 'histogram',
    x: { field: 'from', title: 'tokens', scale: 'linear' },
    y: { field: 'count', title: 'rows', scale: 'linear' },
    data: { from, to, count },
    caption: `${lengths.length} rows of up to ${largest(lengths)} tokens; ${over} of them are longer than the ${most} that are allowed.`,
  };
}

/** At most so many points on a line. */
const mostPoints = 500;

export function lossBlock(steps: readonly DecoderStep[], measures: readonly DecoderMeasure[]): ReportBlock {
  const every = Math.max(1, Math.ceil(steps.length / mostPoints));
  const points = [
    ...steps
      .filter((_, i) => i % every === 0 || i === steps.length - 1)
      .map(({ step, loss }) => ({ step, loss, line: 'training' })),
    ...measures.map(({ step, loss, name }) => ({ step, loss, line: name })),
  ];
  const last = steps.at(-1);
  return {
    type: 'chart',
    title: 'Loss',
    mark: 'line',
    x: { field: 'step', title: 'step', scale: 'linear' },
    y: { field: 'loss', title: 'nats a token', scale: 'linear' },
    color: 'line',
    data: { step: points.map((p) => p.step), loss: points.map((p) => p.loss), line: points.map((p) => p.line) },
    caption: `The loss of each step went from ${say(steps[0]?.loss)} to ${say(last?.loss)} in ${steps.length} steps.`,
  };
}

const say = (value: number | undefined): string => (value === undefined ? '–' : value.toFixed(3));

/** Before and after, for each set of rows that was measured. */
export function comparison(measures: readonly DecoderMeasure[]): {
  name: string;
  targets: number;
  before: number;
  after: number;
}[] {
  return [...new Set(measures.map(({ name }) => name))].flatMap((name) => {
    const own = measures.filter((m) => m.name === name);
    const [first] = own;
    const last = own.at(-1);
    return first && last && own.length > 1
      ? [{ name, targets: last.targets, before: first.loss, after: last.loss }]
      : [];
  });
}

export function comparisonBlock(measures: readonly DecoderMeasure[]): ReportBlock[] {
  const rows = comparison(measures);
  if (rows.length === 0) return [];
  return [
    {
      type: 'table',
      title: 'Base against tuned',
      columns: [
        { name: 'rows', title: 'rows', align: 'left' },
        { name: 'tokens', title: 'tokens', align: 'right' },
        { name: 'base', title: 'perplexity of the base', align: 'right' },
        { name: 'tuned', title: 'of the tuned model', align: 'right' },
        { name: 'loss', title: 'loss, change in %', align: 'right' },
      ],
      rows: rows.map(({ name, targets, before, after }) => [
        name,
        targets,
        rounded(Math.exp(before)),
        rounded(Math.exp(after)),
        rounded((after / before - 1) * 100),
      ]),
      caption:
        'Perplexity over the tokens that are learnt in these rows: e to the mean loss. Lower is better; on what it should not forget, it should not rise.',
    },
  ];
}

const rounded = (value: number): number => Number(value.toPrecision(4));

export function checkBlock(check: OneBatchCheck | null): ReportBlock[] {
  if (check === null) return [];
  const learns = check.after < check.before * 0.7;
  return [
    {
      type: 'text',
      title: 'One batch by heart',
      tone: learns ? 'plain' : 'warning',
      text: learns
        ? `Before the training the model learnt one batch by heart: loss ${say(check.before)} to ${say(check.after)} in ${check.steps} steps. It can learn from these rows.`
        : `The model could not learn one batch by heart: loss ${say(check.before)} to ${say(check.after)} in ${check.steps} steps. Look at the tokens above, and try a higher learning rate.`,
    },
  ];
}

/** Times and the machine's name are in the log: equal trainings have equal reports. */
export function quoteChips(quote: DecoderQuote | null): string[] {
  if (quote === null) return [];
  return [
    `${quote.learntParameters.toLocaleString('en-US')} learnt parameters`,
    `${(quote.memoryBytes / 1e9).toFixed(1)} GB of memory`,
    ...(quote.precision === 'eight-bit' ? ['weights in eight bits'] : []),
    ...(quote.recompute ? ['layers computed again'] : []),
  ];
}

/** What a training takes, with the machine's pace: shown while it works, and left out of the report. */
export function quoteBlock(quote: DecoderQuote): ReportBlock {
  return {
    type: 'table',
    title: 'What it takes',
    columns: [
      { name: 'what', title: 'quoted from the first steps', align: 'left' },
      { name: 'value', title: '', align: 'right' },
    ],
    rows: [
      ['in all', sayDuration(quote.secondsInAll)],
      ['a step', `${quote.secondsPerStep.toPrecision(2)} s`],
      ['steps', quote.steps.toLocaleString('en-US')],
      ['memory', `${(quote.memoryBytes / 1e9).toFixed(1)} GB`],
      ['parameters that learn', quote.learntParameters.toLocaleString('en-US')],
      ['weights', quote.precision === 'eight-bit' ? 'in eight bits' : 'in full'],
      ['layers on the way back', quote.recompute ? 'computed again' : 'kept'],
    ],
  };
}

export function sayDuration(seconds: number): string {
  if (seconds < 90) return `${Math.round(seconds)} s`;
  if (seconds < 5400) return `${Math.round(seconds / 60)} min`;
  return `${(seconds / 3600).toFixed(1)} h`;
}

export interface SaidSamples {
  samples: readonly DecoderSample[];
  decode: (ids: readonly number[]) => string;
  /** What was to be said, by what is asked; without it a text is merely gone on from. */
  taught?: ReadonlyMap<string, string>;
}

/** Question by question: what the model said before the first step, on the way, and what it was taught. */
export function sampleBlock({ samples, decode, taught }: SaidSamples): ReportBlock[] {
  if (samples.length === 0) return [];
  const asked = Map.groupBy(samples, ({ name }) => name);
  return [
    {
      type: 'table',
      title: 'What it says on the way',
      columns: [
        { name: 'prompt', title: taught === undefined ? 'begun with' : 'asked', align: 'left' },
        { name: 'when', title: 'when', align: 'left' },
        { name: 'text', title: taught === undefined ? 'goes on' : 'said', align: 'left' },
      ],
      rows: [...asked].flatMap(([name, own]) => {
        const answer = taught?.get(name);
        const lines = own.map(({ step, ids }): [string, string] => [
          step === 0 ? 'before' : `step ${step}`,
          decode(ids),
        ]);
        if (answer !== undefined) lines.push(['as taught', answer]);
        // The question stands once, beside its first answer.
        return lines.map(([when, text], i) => [i === 0 ? name : '', when, text]);
      }),
    },
  ];
}
