/** How sure a model is of its answers: asked several times, how often it says the same (X. Wang et al., "Self-Consistency Improves Chain of Thought Reasoning", 2023). */
import { largest } from '../../../shared/append.ts';
const plain = (text: string): string => text.trim().toLowerCase().replaceAll(/\s+/g, ' ');

/**
 * The mean, over questions with several answers, of the share of the commonest answer; case and spaces do not count. From 1 / answers to 1.
 * @param answers question and answer of each sample; a missing answer is none
 * @returns null when no question has several answers
 */
export function selfConsistency(answers: readonly { question: string; answer: string | null }[]): number | null {
  const byQuestion = new Map<string, string[]>();
  for (const { question, answer } of answers)
    if (answer !== null) byQuestion.set(question, [...(byQuestion.get(question) ?? []), plain(answer)]);
  const shares = [...byQuestion.values()].filter((given) => given.length > 1).map(commonestShare);
  return shares.length === 0 ? null : shares.reduce((sum, share) => sum + share, 0) / shares.length;
}

function commonestShare(given: readonly string[]): number {
  const counts = new Map<string, number>();
  for (const one of given) counts.set(one, (counts.get(one) ?? 0) + 1);
  return largest(counts.values()) / given.length;
}
