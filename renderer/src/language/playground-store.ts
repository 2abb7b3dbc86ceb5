/** The playground's prompts, models, rows and answers. What a person set is remembered on this machine; answers live as long as the window. */
import { create } from 'zustand';
import { persist } from 'zustand/middleware';
import { schemaOf, type AnswerField } from '../../../shared/language/answer-form.ts';
import type { Problem } from '../../../shared/errors.ts';
import { columnsInTemplate, fillTemplate } from '../../../shared/spec/prompt-template.ts';
import type { Json } from '../inspector/control.ts';
import type { LanguageTarget } from '../../../shared/rpc/contract/language.ts';
import type { Answer } from '../rpc/host-client.ts';

export type Choice = Answer<'languages.choices'>[number];
type AskedItem = Answer<'languages.ask'>;
export type LanguageAnswer = Extract<AskedItem, { answer: unknown }>['answer'];

export interface DraftPrompt {
  id: string;
  system: string;
  user: string;
}
export type Values = Readonly<Record<string, string>>;
export interface TestRow {
  id: string;
  values: Values;
}
/** What a judge said of an answer, each time that it was asked; null: it gave no verdict. */
export interface Judgement {
  status: 'waiting' | 'done' | 'failed';
  scores: readonly (number | null)[];
  reason: string;
  problem?: Problem;
  /** What was judged, by whom and by which rubric: a judgement of something else is none. */
  judged: string;
}
export interface Cell {
  status: 'waiting' | 'writing' | 'done' | 'failed' | 'stopped';
  text: string;
  answer?: LanguageAnswer;
  problem?: Problem;
  /** What was asked: when it is no longer what would be asked, the answer is of another prompt. */
  asked: string;
  /** The form that was asked for; undefined: free text. */
  schema?: Json | undefined;
  judgement?: Judgement;
}
/** The form that answers must have, as in the node Generate: fields, or a JSON Schema in their place. */
export interface AnswerForm {
  fields: readonly AnswerField[];
  schema: string;
}
export interface Judge {
  /** The key of a target; null: nobody judges. */
  model: string | null;
  rubric: string;
}
export interface Kept {
  prompts: readonly DraftPrompt[];
  /** Keys of targets. */
  models: readonly string[];
  rows: readonly TestRow[];
  temperature: number;
  maxTokens: number;
  form: AnswerForm;
  judge: Judge;
}

export const usePlayground = create<Kept>()(
  persist(
    (): Kept => ({
      prompts: [{ id: 'p1', system: '', user: 'Is this review good or bad? {{review}}' }],
      models: [],
      rows: [
        { id: 'r1', values: { review: 'I loved every minute of it.' } },
        { id: 'r2', values: { review: 'Dull, and far too long.' } },
      ],
      temperature: 0,
      maxTokens: 128,
      form: { fields: [], schema: '' },
      judge: { model: null, rubric: 'The answer is correct, complete and about the question.' },
    }),
    { name: 'flowyard-playground' },
  ),
);
export const useCells = create<{ cells: Readonly<Record<string, Cell>>; stop: AbortController | null }>()(() => ({
  cells: {},
  stop: null,
}));

export const keyOfTarget = (target: LanguageTarget): string =>
  target.from === 'service'
    ? `service:${target.service}:${target.model}`
    : target.from === 'file'
      ? `file:${target.sha256}`
      : `result:${target.key}`;

/** How a variable is written. */
export const braces = { open: '{{', close: '}}' };
export const promptName = (index: number): string => String.fromCharCode(65 + (index % 26));
export const cellKey = (prompt: string, model: string, row: string): string => `${prompt}|${model}|${row}`;
export const variablesOf = (prompts: readonly DraftPrompt[]): string[] => [
  ...new Set(prompts.flatMap(({ system, user }) => [...columnsInTemplate(system), ...columnsInTemplate(user)])),
];

/** What a prompt becomes for a row; an unnamed value is nothing. */
export function fillPrompt(prompt: DraftPrompt, values: Values): { system: string; user: string } {
  const whole = Object.fromEntries(variablesOf([prompt]).map((name) => [name, values[name] ?? '']));
  return { system: fillTemplate(prompt.system, whole), user: fillTemplate(prompt.user, whole) };
}

/** The schema that answers must keep; undefined: free text, and `fault` where a schema was typed that is none. */
export function answerSchema({ fields, schema }: AnswerForm): { schema?: Json; fault?: string } {
  try {
    const named = fields.filter(({ name }) => name.trim() !== '');
    const made = schemaOf(named, schema);
    return made === undefined ? {} : { schema: made };
  } catch (thrown) {
    return { fault: thrown instanceof Error ? thrown.message : String(thrown) };
  }
}

/** All that decides an answer, as one text. */
export const askedText = (
  prompt: DraftPrompt,
  values: Values,
  { temperature, maxTokens, form }: Pick<Kept, 'temperature' | 'maxTokens' | 'form'>,
): string => JSON.stringify([fillPrompt(prompt, values), temperature, maxTokens, answerSchema(form).schema ?? null]);

/** All that decides a judgement. */
export const judgedText = (text: string, { model, rubric }: Judge): string => JSON.stringify([text, model, rubric]);

export interface Place {
  prompt: DraftPrompt;
  model: string;
  row: TestRow;
}
export const placesOf = ({ prompts, models, rows }: Kept): Place[] =>
  prompts.flatMap((prompt) => models.flatMap((model) => rows.map((row) => ({ prompt, model, row }))));

type Cells = Readonly<Record<string, Cell>>;
/** Those without an answer to what would be asked now. */
export const openPlaces = (kept: Kept, cells: Cells): Place[] =>
  placesOf(kept).filter(({ prompt, model, row }) => {
    const cell = cells[cellKey(prompt.id, model, row.id)];
    return cell === undefined || cell.status !== 'done' || cell.asked !== askedText(prompt, row.values, kept);
  });

/** Those whose answer nobody has judged by this rubric. */
export const unjudgedPlaces = (kept: Kept, cells: Cells): Place[] =>
  kept.judge.model === null
    ? []
    : placesOf(kept).filter(({ prompt, model, row }) => {
        const cell = cells[cellKey(prompt.id, model, row.id)];
        return (
          cell?.status === 'done' &&
          (cell.judgement?.status !== 'done' || cell.judgement.judged !== judgedText(cell.text, kept.judge))
        );
      });

/** Mean and spread of the scores that a judge gave; undefined: none. */
export function meanScore(scores: readonly (number | null)[]): { mean: number; spread: number } | undefined {
  const given = scores.filter((score) => score !== null);
  if (given.length === 0) return undefined;
  const mean = given.reduce((sum, score) => sum + score, 0) / given.length;
  const spread = Math.sqrt(given.reduce((sum, score) => sum + (score - mean) ** 2, 0) / given.length);
  return { mean, spread };
}

const freshId = (prefix: string, taken: readonly { id: string }[]): string => {
  for (let n = taken.length + 1; ; n++) if (!taken.some(({ id }) => id === `${prefix}${n}`)) return `${prefix}${n}`;
};
export const playground = {
  setPrompt: (id: string, change: Partial<DraftPrompt>): void =>
    void usePlayground.setState(({ prompts }) => ({
      prompts: prompts.map((p) => (p.id === id ? { ...p, ...change } : p)),
    })),
  /** A copy of the last: what is compared differs in little. */
  addPrompt: (): void =>
    void usePlayground.setState(({ prompts }) => ({
      prompts: [...prompts, { system: '', user: '', ...prompts.at(-1), id: freshId('p', prompts) }],
    })),
  removePrompt: (id: string): void =>
    void usePlayground.setState(({ prompts }) => ({ prompts: prompts.filter((p) => p.id !== id) })),
  addModel: (key: string): void =>
    void usePlayground.setState(({ models }) => ({ models: models.includes(key) ? models : [...models, key] })),
  removeModel: (key: string): void =>
    void usePlayground.setState(({ models }) => ({ models: models.filter((m) => m !== key) })),
  setForm: (change: Partial<AnswerForm>): void =>
    void usePlayground.setState(({ form }) => ({ form: { ...form, ...change } })),
  setJudge: (change: Partial<Judge>): void =>
    void usePlayground.setState(({ judge }) => ({ judge: { ...judge, ...change } })),
  setValue: (id: string, name: string, value: string): void =>
    void usePlayground.setState(({ rows }) => ({
      rows: rows.map((row) => (row.id === id ? { ...row, values: { ...row.values, [name]: value } } : row)),
    })),
  addRow: (): void =>
    void usePlayground.setState(({ rows }) => ({ rows: [...rows, { id: freshId('r', rows), values: {} }] })),
  removeRow: (id: string): void =>
    void usePlayground.setState(({ rows }) => ({ rows: rows.filter((row) => row.id !== id) })),
};
