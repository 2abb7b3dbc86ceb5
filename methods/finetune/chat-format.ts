import { append } from '../../shared/append.ts';
import type { DecoderFamily } from '../../shared/decoder.ts';
import { fail } from '../../shared/errors.ts';
import type { PromptPart, RenderJob } from '../../shared/language/language-model.ts';
import type { LoggedMessage } from '../language/read-chat-log.ts';
import { joinParts, renderChat } from '../language/render-chat.ts';
import type { TokenRow } from '../../shared/decoder.ts';
import { tokenKinds, type Tokenizer } from '../tokenizer/tokenizer.ts';

/** How conversations become tokens for one model. */
export interface ChatFormat {
  readonly tokenizer: Tokenizer;
  /** Jinja. */
  readonly template: string;
  readonly bos: string;
  readonly eos: string;
}

/**
 * Templates for base models that have none. Answers end with the token that ends a text: the names of turns are untrained embeddings in a base model, which
 * an adapter cannot teach it to stop on.
 */
const gemmaBase =
  "{{ bos_token }}{% for m in messages %}<start_of_turn>{{ 'model' if m['role'] == 'assistant' else 'user' }}\n{{ m['content'] | trim }}{{ eos_token if m['role'] == 'assistant' else '<end_of_turn>\n' }}{% endfor %}{% if add_generation_prompt %}<start_of_turn>model\n{% endif %}";
const plainBase =
  "{{ bos_token }}{% for m in messages %}{% if m['role'] == 'assistant' %}Answer: {{ m['content'] | trim }}{{ eos_token }}{% elif m['role'] == 'system' %}{{ m['content'] | trim }}\n{% else %}Question: {{ m['content'] | trim }}\n{% endif %}{% endfor %}{% if add_generation_prompt %}Answer: {% endif %}";
export const baseTemplate = (family: DecoderFamily): string => (family === 'gemma3' ? gemmaBase : plainBase);

/** An answer that says something, and that nobody told not to learn. */
export const isLearnt = ({ role, content, toolCalls = [], unlearnt }: LoggedMessage): boolean =>
  role === 'assistant' && unlearnt !== true && (content.trim() !== '' || toolCalls.length > 0);

/**
 * A conversation as tokens, with those marked that the assistant says: its words and the token that ends its turn, but for answers
 * that are empty or not to be learnt. What stands before each answer is made by
 * the template as when the model is asked, so that training and serving see the same tokens.
 *
 * @throws `finetune.template` when the template writes an answer otherwise than it began it, `finetune.no-answer`, `language.template-failed`
 */
export const conversationRow = (messages: readonly LoggedMessage[], format: ChatFormat): TokenRow =>
  rowOf(
    messages,
    format,
    promptJobs(messages, format).map((job) => renderChat(format.template, job.messages, job.options)),
  );

/** The prompts that a row is made of: for each answer what stands before it, and what stands then with it. */
export const promptJobs = (messages: readonly LoggedMessage[], { bos, eos }: ChatFormat): RenderJob[] =>
  messages.flatMap(({ role }, i) =>
    role === 'assistant'
      ? [
          { messages: messages.slice(0, i), options: { bos, eos, addGenerationPrompt: true } },
          { messages: messages.slice(0, i + 1), options: { bos, eos, addGenerationPrompt: false } },
        ]
      : [],
  );

/** @param prompts what `promptJobs` became */
export function rowOf(
  messages: readonly LoggedMessage[],
  format: ChatFormat,
  prompts: readonly PromptPart[][],
): TokenRow {
  const ids: number[] = [];
  const trained: boolean[] = [];
  let done = 0;
  let whole: PromptPart[] = [];
  let lastIsLearnt = false;
  for (const [i, message] of messages.filter(({ role }) => role === 'assistant').entries()) {
    const asked = joinParts(prompts[2 * i] ?? []);
    const before = asked.length;
    whole = prompts[2 * i + 1] ?? [];
    checkBegins(asked, joinParts(whole));
    add(ids, trained, encodeParts(format.tokenizer, cutParts(whole, done, before)), false);
    add(
      ids,
      trained,
      encodeParts(format.tokenizer, cutParts(whole, before, Number.POSITIVE_INFINITY)),
      isLearnt(message),
    );
    lastIsLearnt = isLearnt(message);
    done = joinParts(whole).length;
  }
  if (done === 0)
    throw fail('finetune.no-answer', {
      message: 'A conversation has no answer of the assistant to learn.',
      mend: 'Give conversations with an assistant’s turn, or leave these rows out.',
    });
  const { vocabulary } = format.tokenizer;
  endTurns(ids, trained, format.tokenizer, lastIsLearnt);
  if (vocabulary.addBegin && vocabulary.begin !== null && ids[0] !== vocabulary.begin) {
    ids.unshift(vocabulary.begin);
    trained.unshift(false);
  }
  return { ids, trained };
}

function checkBegins(before: string, after: string): void {
  if (after.startsWith(before)) return;
  throw fail('finetune.template', {
    message:
      'The chat template writes a conversation otherwise when its answer is there than when the answer is asked for.',
    mend: 'Give a template that writes the same text before an answer in both cases.',
    facts: { asked: before.slice(-80), answered: after.slice(0, before.length).slice(-80) },
  });
}

function add(ids: number[], trained: boolean[], more: readonly number[], learn: boolean): void {
  append(ids, more);
  for (const _ of more) trained.push(learn);
}

/** Behind the token that ends a turn stands at most what the template writes between turns: nobody generates it. Where no token ends the last turn, one is put. */
function endTurns(ids: number[], trained: boolean[], { vocabulary }: Tokenizer, lastIsLearnt: boolean): void {
  /** Of the trained stretch that ends here the control token; -1: it has none. */
  const controlBefore = (from: number): number => {
    let at = from;
    while (at >= 0 && trained[at] === true && vocabulary.kinds[ids[at] ?? -1] !== tokenKinds.control) at--;
    return trained[at] === true ? at : -1;
  };
  if (lastIsLearnt && controlBefore(ids.length - 1) < 0) {
    if (vocabulary.end !== null) add(ids, trained, [vocabulary.end], true);
    return;
  }
  // Turns in the middle too: from the end of each trained stretch back to its control token.
  for (let i = ids.length - 1; i >= 0; i--) {
    const control = trained[i] === true && trained[i + 1] !== true ? controlBefore(i) : -1;
    if (control >= 0) trained.fill(false, control + 1, i + 1);
  }
}

const encodeParts = ({ encode }: Tokenizer, parts: readonly PromptPart[]): number[] =>
  parts.flatMap(({ text, plain }) => encode(text, { special: !plain }));

/** The characters from `from` to `to` of the joined text. */
export function cutParts(parts: readonly PromptPart[], from: number, to: number): PromptPart[] {
  let at = 0;
  return parts.flatMap((part) => {
    const start = Math.max(0, from - at);
    const end = Math.min(part.text.length, to - at);
    at += part.text.length;
    return start < end ? [{ ...part, text: part.text.slice(start, end) }] : [];
  });
}

/** Whether the tokens of a row, turned into text again, are what the template writes (`whole`): else training would see another text than is meant. */
export function roundTrips(row: TokenRow, whole: readonly PromptPart[], format: ChatFormat): boolean {
  const { vocabulary, decode } = format.tokenizer;
  const written = joinParts(whole);
  const begin = vocabulary.begin === null ? '' : (vocabulary.tokens[vocabulary.begin] ?? '');
  const bare = (text: string): string =>
    (begin !== '' && text.startsWith(begin) ? text.slice(begin.length) : text).trim();
  const read = bare(decode(row.ids));
  return read === bare(written) || read.startsWith(bare(written));
}
