/** Multiple choice by probability, as in EleutherAI's lm-evaluation-harness: the choice with the largest Σ ln p (`acc`), and with the largest Σ ln p for each byte (`acc_norm`), which does not favour short choices. */
import { largest } from '../../shared/append.ts';
export interface ScoredChoice {
  logProbability: number;
  bytes: number;
}

export function chooseByProbability(choices: readonly ScoredChoice[]): {
  best: number;
  bestByLength: number;
  margin: number;
} {
  const plain = choices.map((choice) => choice.logProbability);
  const byLength = choices.map((choice) =>
    choice.bytes === 0 ? Number.NEGATIVE_INFINITY : choice.logProbability / choice.bytes,
  );
  const [first = 0, second = first] = [...plain].sort((a, b) => b - a);
  return {
    best: indexOfMax(plain),
    bestByLength: indexOfMax(byLength),
    margin: Number.isFinite(first - second) ? first - second : 0,
  };
}
const indexOfMax = (values: readonly number[]): number => values.indexOf(largest(values));

/** By text, name of its column, letter (A is the first) or number (1 is the first); null: none of them. */
export function rightChoice(
  answer: string,
  names: readonly string[],
  texts: readonly (string | null)[],
): number | null {
  const said = answer.trim();
  const same = (one: string | null): boolean => one?.trim().toLowerCase() === said.toLowerCase();
  for (const at of [texts.findIndex(same), names.findIndex(same)]) if (at >= 0) return at;
  const at = /^[A-Za-z]$/.test(said)
    ? said.toUpperCase().charCodeAt(0) - 65
    : /^\d+$/.test(said)
      ? Number(said) - 1
      : -1;
  return at >= 0 && at < names.length ? at : null;
}
