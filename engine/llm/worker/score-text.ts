/**
 * The probability of a text, token by token, under the full softmax. Of each position only the logit of the next token, the largest one and the sum of all
 * weights are asked: a vocabulary of 262,144 is not carried to us. (`includeMax` of node-llama-cpp 3.22 leaves the largest out of the map, which makes every
 * value wrong in silence; `includeTop: 1` holds. A test compares this with the whole softmax.)
 */
import type { LlamaContextSequence, LlamaModel, Token } from 'node-llama-cpp';
import { largest } from '../../../shared/append.ts';
import { fail } from '../../../shared/errors.ts';
import type { ScoredToken } from '../../../shared/language/language-model.ts';
import type { Slots } from './loaded-models.ts';
import { inTurns, type TokenReader } from './read-tokens.ts';

/** Of a text longer than the context: how much of each window is only looked at, so that no token is judged without what stood before it. */
const overlapShare = 0.5;
/** Positions whose answers are asked at once. */
const blockTokens = 128;

export async function scoreText(
  { slots, reader, path }: { slots: Slots; reader: TokenReader; path: string },
  { context, text }: { context: string; text: string },
  signal: AbortSignal,
): Promise<ScoredToken[]> {
  const { model } = slots;
  const { bos, eos, shouldPrependBosToken } = model.tokens;
  const read = await reader.read(
    model,
    path,
    [
      { text: context, special: true },
      { text, special: false },
    ],
    Number.MAX_SAFE_INTEGER,
    signal,
  );
  const [before = [], tokens = []] = read.each ?? [];
  const start = shouldPrependBosToken || before.length === 0 ? (bos ?? eos) : null;
  const head = start !== null && before[0] !== start ? [start, ...before] : before;
  if (tokens.length === 0) return [];
  if (head.length === 0)
    throw fail('language.no-start', {
      message: 'The model has no token to begin with, so the first token of a text has no probability.',
      mend: 'Give a text that stands before it.',
    });
  const all = [...head, ...tokens];
  return slots.use([], signal, async (sequence) => {
    const logs = await logProbabilities(sequence, all, head.length, signal);
    return inTurns(tokens, (token, i) => ({
      text: pieceOf(model, tokens, i, token),
      logProbability: logs[i] ?? Number.NaN,
    }));
  });
}

const pieceOf = (model: LlamaModel, tokens: readonly Token[], i: number, token: Token): string =>
  model.detokenize([token], true, tokens.slice(Math.max(0, i - 4), i));

/** One value for each token from `from` on. Each token is counted once, in the first window that sees it. */
async function logProbabilities(
  sequence: LlamaContextSequence,
  all: readonly Token[],
  from: number,
  signal: AbortSignal,
): Promise<number[]> {
  const size = sequence.contextSize;
  const stride = Math.max(1, Math.floor(size * (1 - overlapShare)));
  const found: number[] = [];
  let begin = 0;
  while (from + found.length < all.length) {
    const end = Math.min(all.length, begin + size);
    await sequence.clearHistory();
    for (let at = begin; at < end; at += blockTokens) {
      signal.throwIfAborted();
      const block = all.slice(at, Math.min(at + blockTokens, end));
      const answers = await sequence.controlledEvaluate(
        block.map((token, i) => {
          const next = all[at + i + 1];
          const isWanted = next !== undefined && at + i + 1 >= from + found.length && at + i + 1 < end;
          return isWanted
            ? [
                token,
                { generateNext: { logits: { filter: { tokens: [next], includeTop: 1 } }, totalLogitWeight: true } },
              ]
            : token;
        }),
      );
      for (const [i, answer] of answers.entries()) {
        const next = all[at + i + 1];
        if (answer !== undefined && next !== undefined) found.push(logProbability(answer.next, next));
      }
    }
    begin += stride;
  }
  return found;
}

function logProbability(next: { logits?: Map<Token, number>; totalLogitWeight?: number }, token: Token): number {
  const logit = next.logits?.get(token);
  if (next.logits === undefined || logit === undefined || next.totalLogitWeight === undefined)
    throw new Error('llama.cpp gave no logits');
  return logit - largest(next.logits.values()) - Math.log(next.totalLogitWeight);
}
