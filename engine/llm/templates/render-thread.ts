/** The thread that renders within its process: whatever a template does here, the process beside it still hears when it is no longer wanted. */
import { parentPort } from 'node:worker_threads';
import { renderChat } from '../../../methods/language/render-chat.ts';
import { fail, toProblem } from '../../../shared/errors.ts';
import type { PromptPart } from '../../../shared/language/language-model.ts';
import type { RenderReply, RenderRequest } from './template-protocol.ts';

const reply = ({ id, template, jobs, mostCharacters }: RenderRequest): RenderReply => {
  try {
    return {
      say: 'done',
      id,
      prompts: jobs.map(({ messages, options }) => checked(renderChat(template, messages, options), mostCharacters)),
    };
  } catch (thrown) {
    return { say: 'failed', id, problem: toProblem(thrown) };
  }
};

function checked(parts: PromptPart[], most: number): PromptPart[] {
  const characters = parts.reduce((sum, part) => sum + part.text.length, 0);
  if (characters <= most) return parts;
  throw fail('language.too-long', {
    message: `The chat template made a prompt of ${characters.toLocaleString('en-US')} characters; at most ${most.toLocaleString('en-US')} are taken.`,
    mend: 'Shorten the conversation, or give another template.',
    facts: { characters, mostCharacters: most },
  });
}

parentPort?.on('message', (request: RenderRequest) => parentPort?.postMessage(reply(request)));
