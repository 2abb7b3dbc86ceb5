/** The playground's prompts, models, rows and answers. Prompts and rows are remembered on this machine; answers live as long as the window. */
import { create } from 'zustand';
import { persist } from 'zustand/middleware';
import type { Problem } from '../../../shared/errors.ts';
import { columnsInTemplate, fillTemplate } from '../../../shared/spec/prompt-template.ts';
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
export interface Cell {
  status: 'waiting' | 'writing' | 'done' | 'failed' | 'stopped';
  text: string;
  answer?: LanguageAnswer;
  problem?: Problem;
  /** What was asked: when it is no longer what would be asked, the answer is of another prompt. */
  asked: string;
}
interface Kept {
  prompts: readonly DraftPrompt[];
  /** Keys of targets. */
  models: readonly string[];
  rows: readonly TestRow[];
  temperature: number;
  maxTokens: number;
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

export const cellKey = (prompt: string, model: string, row: string): string => `${prompt}|${model}|${row}`;
export const variablesOf = (prompts: readonly DraftPrompt[]): string[] => [
  ...new Set(prompts.flatMap(({ system, user }) => [...columnsInTemplate(system), ...columnsInTemplate(user)])),
];

/** What a prompt becomes for a row; an unnamed value is nothing. */
export function fillPrompt(prompt: DraftPrompt, values: Values): { system: string; user: string } {
  const whole = Object.fromEntries(variablesOf([prompt]).map((name) => [name, values[name] ?? '']));
  return { system: fillTemplate(prompt.system, whole), user: fillTemplate(prompt.user, whole) };
}

/** All that decides an answer, as one text. */
export const askedText = (
  prompt: DraftPrompt,
  values: Values,
  { temperature, maxTokens }: Pick<Kept, 'temperature' | 'maxTokens'>,
): string => JSON.stringify([fillPrompt(prompt, values), temperature, maxTokens]);

export interface Place {
  prompt: DraftPrompt;
  model: string;
  row: TestRow;
}
export const placesOf = ({ prompts, models, rows }: Kept): Place[] =>
  prompts.flatMap((prompt) => models.flatMap((model) => rows.map((row) => ({ prompt, model, row }))));

/** Those without an answer to what would be asked now. */
export const openPlaces = (kept: Kept, cells: Readonly<Record<string, Cell>>): Place[] =>
  placesOf(kept).filter(({ prompt, model, row }) => {
    const cell = cells[cellKey(prompt.id, model, row.id)];
    return cell === undefined || cell.status !== 'done' || cell.asked !== askedText(prompt, row.values, kept);
  });

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
  setValue: (id: string, name: string, value: string): void =>
    void usePlayground.setState(({ rows }) => ({
      rows: rows.map((row) => (row.id === id ? { ...row, values: { ...row.values, [name]: value } } : row)),
    })),
  addRow: (): void =>
    void usePlayground.setState(({ rows }) => ({ rows: [...rows, { id: freshId('r', rows), values: {} }] })),
  removeRow: (id: string): void =>
    void usePlayground.setState(({ rows }) => ({ rows: rows.filter((row) => row.id !== id) })),
};
