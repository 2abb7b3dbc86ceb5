/** What must not be asked is refused before the model sees it; what must not be answered is withheld before anybody sees it, also while text streams. */
import { largest } from '../../shared/append.ts';
import { fail, type FlowyardError } from '../../shared/errors.ts';
import type { GenerateRequest, LanguageModel } from '../../shared/language/language-model.ts';

export function guard<M extends LanguageModel>(model: M): M {
  const blocked = model.value.guardrails.blocked.map((text) => text.trim().toLowerCase()).filter((text) => text !== '');
  if (blocked.length === 0) return model;
  const find = (text: string): string | undefined => blocked.find((one) => text.toLowerCase().includes(one));
  const longest = largest(blocked.map((one) => one.length));
  return {
    ...model,
    generate: async (request, options) => {
      const asked = find(textOf(request));
      if (asked !== undefined) throw refused('question', asked);
      let [held, last] = ['', ''];
      const stop = new AbortController();
      const onText = (more: string): void => {
        held += more;
        // What is forbidden may begin in what came before; all that came would be searched again for each word.
        const found = find(last + more);
        last = `${last}${more}`.slice(-longest);
        if (found !== undefined) return stop.abort(refused('answer', found));
        // What may be the beginning of something blocked waits for what follows it.
        const shown = held.slice(0, Math.max(0, held.length - longest + 1));
        held = held.slice(shown.length);
        if (shown !== '') options.onText?.(shown);
      };
      const answer = await model.generate(request, { signal: AbortSignal.any([options.signal, stop.signal]), onText });
      const found = find(answer.text);
      if (found !== undefined) throw refused('answer', found);
      if (held !== '') options.onText?.(held);
      return answer;
    },
  };
}

const textOf = ({ prompt }: GenerateRequest): string =>
  'text' in prompt ? prompt.text : prompt.messages.map((message) => message.content).join('\n');

const refused = (what: 'question' | 'answer', text: string): FlowyardError =>
  fail('language.blocked', {
    message: `The ${what} holds "${text}", which this model’s guardrails forbid.`,
    mend: what === 'question' ? 'Ask without it.' : 'Ask differently, or change the guardrails.',
    facts: { what },
  });
