/** The three questions that OpenAI's routes take: a conversation, a text to go on from, texts to embed. Each gives what the log keeps. */
import type { ServerResponse } from 'node:http';
import { callSchema } from '../../../methods/language/tool-calls.ts';
import { fail, toProblem } from '../../../shared/errors.ts';
import type { GenerateRequest, Generation, LanguageModel } from '../../../shared/language/language-model.ts';
import { sendJson, startEvents } from './openai-http.ts';
import {
  chatBody,
  completionBody,
  embeddingsBody,
  parseBody,
  readChat,
  readCompletion,
  usageOf,
  writeChat,
  writeChatEnd,
  writeChatPiece,
  writeCompletion,
  writeEmbeddings,
} from './openai-forms.ts';

export interface Answering {
  body: unknown;
  response: ServerResponse;
  signal: AbortSignal;
  head: { id: string; created: number };
  find: (name: string) => { name: string; model: LanguageModel };
}

const forLog = (answer: Generation) => ({
  text: answer.text,
  finish: answer.reason,
  usage: usageOf(answer),
  first_token_ms: answer.firstTokenMs,
  ...(answer.sources === undefined ? {} : { sources: answer.sources.map(({ source }) => source) }),
});

export async function answerChat({ body, response, signal, head, find }: Answering): Promise<unknown> {
  const asked = parseBody(chatBody, body);
  const { name, model } = find(asked.model);
  const { request, mustCall, mostCalls } = readChat(asked);
  const named = { ...head, model: name };
  const question: GenerateRequest = mustCall.length > 0 ? { ...request, schema: callSchema(mustCall) } : request;
  // What may become a call of a tool is not shown before it is known to be none.
  const shows = asked.stream === true && (request.tools ?? []).length === 0;
  let write: ((data: unknown) => void) | undefined;
  const begin = (): ((data: unknown) => void) => {
    if (write === undefined) {
      write = startEvents(response);
      write(writeChatPiece(named, { role: 'assistant', content: '' }));
    }
    return write;
  };
  const generation = await askOrAgain(model, question, signal, (text) => {
    if (shows) begin()(writeChatPiece(named, { content: text }));
    return shows;
  });
  const answer = { ...generation, toolCalls: generation.toolCalls.slice(0, mostCalls) };
  if (asked.stream !== true) sendJson(response, 200, writeChat(named, answer));
  else {
    const say = begin();
    if (!shows && answer.text !== '') say(writeChatPiece(named, { content: answer.text }));
    say(writeChatEnd(named, answer));
    if (asked.stream_options?.include_usage === true)
      say({ ...named, object: 'chat.completion.chunk', choices: [], usage: usageOf(answer) });
    say('[DONE]');
    response.end();
  }
  return forLog(answer);
}

export async function answerCompletion({ body, response, signal, head, find }: Answering): Promise<unknown> {
  const asked = parseBody(completionBody, body);
  const { name, model } = find(asked.model);
  const named = { ...head, model: name };
  const shows = asked.stream === true;
  let write: ((data: unknown) => void) | undefined;
  const answer = await askOrAgain(model, readCompletion(asked), signal, (text) => {
    if (!shows) return false;
    write ??= startEvents(response);
    write(writeCompletion(named, text, null));
    return true;
  });
  if (!shows) sendJson(response, 200, writeCompletion(named, answer.text, answer.reason, usageOf(answer)));
  else {
    const say = write ?? startEvents(response);
    say(writeCompletion(named, '', answer.reason));
    if (asked.stream_options?.include_usage === true)
      say({ ...named, object: 'text_completion', choices: [], usage: usageOf(answer) });
    say('[DONE]');
    response.end();
  }
  return forLog(answer);
}

export async function answerEmbeddings({ body, response, signal, find }: Answering): Promise<unknown> {
  const asked = parseBody(embeddingsBody, body);
  const { name, model } = find(asked.model);
  const texts = [asked.input].flat();
  const vectors = await model.embed(texts, { signal });
  const width = vectors[0]?.length ?? 0;
  if ((asked.dimensions ?? width) !== width)
    throw fail('openai.not-done', {
      message: `The vectors of "${name}" have ${width} numbers, and are not shortened ("dimensions").`,
      mend: 'Leave it out.',
      facts: { param: 'dimensions' },
    });
  const tokens =
    model.value.base.from === 'file'
      ? (await Promise.all(texts.map((text) => model.tokenize(text, { signal })))).reduce(
          (sum, list) => sum + list.length,
          0,
        )
      : 0;
  sendJson(response, 200, writeEmbeddings(name, vectors, asked.encoding_format === 'base64', tokens));
  return { embeddings: texts.length, width };
}

/** A question whose worker died before anybody saw a word of the answer is asked once more: a new worker is there by then. */
async function askOrAgain(
  model: LanguageModel,
  request: GenerateRequest,
  signal: AbortSignal,
  onText: (text: string) => boolean,
): Promise<Generation> {
  let wasShown = false;
  const ask = (): Promise<Generation> =>
    model.generate(request, { signal, onText: (text) => void (wasShown = onText(text) || wasShown) });
  try {
    return await ask();
  } catch (error) {
    if (wasShown || signal.aborted || toProblem(error).code !== 'language.worker-died') throw error;
    return ask();
  }
}
