/**
 * A conversation as the text that a model was trained on, by the model's own chat template (Jinja, as in Hugging Face's `apply_chat_template`). What people wrote is
 * kept apart from what the template wrote wherever it could be taken for a special token, so that nobody ends a turn by writing the name of its end.
 */
import { Template } from '@huggingface/jinja';
import { fail } from '../../shared/errors.ts';
import type { ChatMessage, PromptPart, RenderOptions, ToolSpec } from '../../shared/language/language-model.ts';

/** What could be read as the name of a special token: `<|im_end|>`, `</s>`, `<end_of_turn>`, `[INST]`. */
const couldBeSpecial = /<[^<>\s]{1,40}>|\[\/?[A-Z_]{2,20}\]/;
/** Private-use characters: no template says them, none strips them. */
const marker = (i: number): string => `\uE0F0${i}\uE0F1`;
const markers = /\uE0F0(\d+)\uE0F1/;

/** @throws `language.template-failed` with what the template said */
export function renderChat(
  template: string,
  messages: readonly ChatMessage[],
  options: RenderOptions = {},
): PromptPart[] {
  const plain: string[] = [];
  const shown = messages.map((message) => {
    if (!couldBeSpecial.test(message.content)) return message;
    // Space at its ends stays outside: a template that trims what is said trims this too.
    const said = message.content.trim();
    const at = message.content.indexOf(said);
    plain.push(said);
    const [before, after] = [message.content.slice(0, at), message.content.slice(at + said.length)];
    return { ...message, content: `${before}${marker(plain.length - 1)}${after}` };
  });
  const text = renderText(template, shown, options);
  return text
    .split(markers)
    .map((part, i) => (i % 2 === 0 ? { text: part, plain: false } : { text: plain[Number(part)] ?? '', plain: true }))
    .filter((part) => part.text !== '');
}

function renderText(template: string, messages: readonly ChatMessage[], options: RenderOptions): string {
  const { tools = [], bos = '', eos = '', addGenerationPrompt = true } = options;
  const compiled = compile(template);
  const render = (list: readonly ChatMessage[]): string =>
    compiled.render({
      messages: list.map(toTemplate),
      bos_token: bos,
      eos_token: eos,
      add_generation_prompt: addGenerationPrompt,
      ...(tools.length === 0 ? {} : { tools: tools.map((tool) => ({ type: 'function', function: tool })) }),
    });
  try {
    return render(tools.length === 0 || template.includes('tools') ? messages : withToolList(messages, tools));
  } catch (cause) {
    // Families without a system role (Gemma 1 and 2) say so by an exception: its text stands before the first question then.
    const merged = mergeSystem(messages);
    if (merged !== undefined)
      try {
        return render(merged);
      } catch {
        // The first reason is the one to tell.
      }
    throw fail(
      'language.template-failed',
      {
        message: `The chat template refused the conversation: ${cause instanceof Error ? cause.message : String(cause)}.`,
        mend: 'Let user and assistant take turns, beginning with the user; or give another template.',
      },
      { cause },
    );
  }
}

const compiledTemplates = new Map<string, Template>();
function compile(template: string): Template {
  const known = compiledTemplates.get(template);
  if (known !== undefined) return known;
  try {
    const made = new Template(template);
    if (compiledTemplates.size > 16) compiledTemplates.clear();
    compiledTemplates.set(template, made);
    return made;
  } catch (cause) {
    throw fail(
      'language.bad-template',
      {
        message: `The chat template is not valid Jinja: ${cause instanceof Error ? cause.message : String(cause)}.`,
        mend: 'Correct it, or leave it empty to use the model’s own.',
        param: 'template',
      },
      { cause },
    );
  }
}

const toTemplate = ({ role, content, toolCalls, toolCallId, name }: ChatMessage): Record<string, unknown> => ({
  role,
  content,
  ...(name === undefined ? {} : { name }),
  ...(toolCallId === undefined ? {} : { tool_call_id: toolCallId }),
  ...(toolCalls === undefined
    ? {}
    : {
        tool_calls: toolCalls.map((call) => ({
          id: call.id,
          type: 'function',
          function: { name: call.name, arguments: parsed(call.arguments) },
        })),
      }),
});
function parsed(json: string): unknown {
  try {
    return JSON.parse(json);
  } catch {
    return json;
  }
}

function mergeSystem(messages: readonly ChatMessage[]): ChatMessage[] | undefined {
  const system = messages.filter((m) => m.role === 'system').map((m) => m.content);
  const rest = messages.filter((m) => m.role !== 'system');
  const [first, ...others] = rest;
  if (system.length === 0 || first === undefined) return undefined;
  return [{ ...first, content: `${system.join('\n\n')}\n\n${first.content}` }, ...others];
}

/** For a template that knows no tools: the list and how to call one, in the system message. */
function withToolList(messages: readonly ChatMessage[], tools: readonly ToolSpec[]): ChatMessage[] {
  const list = tools.map((tool) => JSON.stringify(tool)).join('\n');
  const text = `You may call these functions:\n${list}\nTo call one, answer with nothing but <tool_call>{"name": …, "arguments": {…}}</tool_call>.`;
  const [first, ...rest] = messages;
  return first?.role === 'system'
    ? [{ ...first, content: `${first.content}\n\n${text}` }, ...rest]
    : [{ role: 'system', content: text }, ...messages];
}

/** The whole prompt as one text. */
export const joinParts = (parts: readonly PromptPart[]): string => parts.map((part) => part.text).join('');
