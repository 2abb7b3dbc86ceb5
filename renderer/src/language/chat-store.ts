/** The chat: which model, what was said, what is being written. */
import { create } from 'zustand';
import type { Problem } from '../../../shared/errors.ts';
import { showScreen } from '../state/window/view.ts';
import { keyOfTarget, type Choice, type LanguageAnswer } from './playground-store.ts';

export interface Turn {
  question: string;
  text: string;
  answer?: LanguageAnswer;
  problem?: Problem;
}
interface Chat {
  /** The key of a target, or the beginning of one: `service:` and a name stand for the first model of that service. */
  model: string | null;
  turns: readonly Turn[];
  draft: string;
  stop: AbortController | null;
}
/** Lives as long as the window: leaving the screen ends no answer. */
export const useChat = create<Chat>()(() => ({ model: null, turns: [], draft: '', stop: null }));

export const chosenChoice = (able: readonly Choice[], model: string | null): Choice | undefined =>
  able.find((choice) => keyOfTarget(choice.target) === model) ??
  able.find((choice) => model !== null && keyOfTarget(choice.target).startsWith(`${model}:`)) ??
  able[0];

/** Opens the chat with a running service; what was said to another model is not told to it. */
export function chatWithService(service: string): void {
  const { model, stop } = useChat.getState();
  const key = `service:${service}`;
  if (model === null || (model !== key && !model.startsWith(`${key}:`))) {
    stop?.abort();
    useChat.setState({ model: key, turns: [], stop: null });
  }
  showScreen({ name: 'language' });
}
