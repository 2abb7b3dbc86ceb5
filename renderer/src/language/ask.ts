/** Questions of the window to language models: one streamed answer, and the cells of the playground one after another. */
import { toProblem } from '../../../shared/errors.ts';
import type { ChatMessage } from '../../../shared/language/language-model.ts';
import type { Json } from '../inspector/control.ts';
import type { LanguageTarget } from '../../../shared/rpc/contract/language.ts';
import { host } from '../rpc/host.ts';
import {
  answerSchema,
  askedText,
  cellKey,
  fillPrompt,
  keyOfTarget,
  useCells,
  usePlayground,
  type Cell,
  type Choice,
  type LanguageAnswer,
  type Place,
} from './playground-store.ts';

export async function askModel(
  target: LanguageTarget,
  prompt: { messages: ChatMessage[] } | { text: string },
  sampling: { temperature: number; maxTokens: number; seed?: number },
  { signal, onText }: { signal: AbortSignal; onText: (text: string) => void },
  schema?: Json,
): Promise<LanguageAnswer> {
  let answer: LanguageAnswer | undefined;
  const asked = { target, prompt, sampling, ...(schema === undefined ? {} : { schema }) };
  for await (const item of host()['languages.ask'](asked, { signal })) {
    if ('text' in item) onText(item.text);
    else ({ answer } = item);
  }
  if (answer === undefined) throw new Error('the answer did not come to its end');
  return answer;
}

const setCell = (key: string, change: Partial<Cell>): void =>
  useCells.setState(({ cells }) => {
    const old: Cell = cells[key] ?? { status: 'waiting', text: '', asked: '' };
    return { cells: { ...cells, [key]: { ...old, ...change } } };
  });

/** One at a time: a model of this machine uses all its cores for one answer. */
export async function askPlaces(places: readonly Place[], choices: readonly Choice[]): Promise<void> {
  useCells.getState().stop?.abort();
  const stop = new AbortController();
  useCells.setState({ stop });
  const kept = usePlayground.getState();
  for (const { prompt, model, row } of places)
    setCell(cellKey(prompt.id, model, row.id), {
      status: 'waiting',
      text: '',
      asked: askedText(prompt, row.values, kept),
      schema: answerSchema(kept.form).schema,
    });
  for (const place of places) {
    if (stop.signal.aborted) break;
    await askPlace(place, choices, stop.signal);
  }
  for (const { prompt, model, row } of places) {
    const key = cellKey(prompt.id, model, row.id);
    if (useCells.getState().cells[key]?.status === 'waiting') setCell(key, { status: 'stopped' });
  }
  if (useCells.getState().stop === stop) useCells.setState({ stop: null });
}

async function askPlace({ prompt, model, row }: Place, choices: readonly Choice[], signal: AbortSignal): Promise<void> {
  const { temperature, maxTokens, form } = usePlayground.getState();
  const key = cellKey(prompt.id, model, row.id);
  const choice = choices.find((one) => keyOfTarget(one.target) === model);
  if (choice === undefined) return setCell(key, { status: 'stopped' });
  const { system, user } = fillPrompt(prompt, row.values);
  const messages: ChatMessage[] = [
    ...(system.trim() === '' ? [] : [{ role: 'system' as const, content: system }]),
    { role: 'user', content: user },
  ];
  const asked = choice.chats
    ? { messages }
    : { text: [system, user].filter((part) => part.trim() !== '').join('\n\n') };
  setCell(key, { status: 'writing' });
  try {
    let text = '';
    const answer = await askModel(
      choice.target,
      asked,
      { temperature, maxTokens },
      {
        signal,
        onText: (more) => {
          text += more;
          setCell(key, { text });
        },
      },
      answerSchema(form).schema,
    );
    setCell(key, { status: 'done', answer, text: answer.text });
  } catch (thrown) {
    if (signal.aborted) setCell(key, { status: 'stopped' });
    else setCell(key, { status: 'failed', problem: toProblem(thrown) });
  }
}
