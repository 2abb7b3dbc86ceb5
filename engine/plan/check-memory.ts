/**
 * What a check found for each node, kept for the next: an edit changes one node of hundreds. A node is asked again when its parameters, its files or what
 * its inputs gave are others; an equal answer is the same object as before, so that what follows is not asked at all.
 */
import { isDeepStrictEqual } from 'node:util';
import type { Judged, Output } from './judged.ts';
import type { Lineage } from './lineage.ts';
import type { Instance } from '../graph/instance.ts';

export class Recall<T> {
  readonly #answers = new Map<string, { asked: readonly unknown[]; answer: T }>();

  /** @param asked all that the answer depends on: objects are compared by identity, texts and numbers by value */
  ask(node: string, asked: readonly unknown[], work: () => Promise<T>): T | Promise<T> {
    const before = this.#answers.get(node);
    return before !== undefined && isSame(before.asked, asked) ? before.answer : this.#ask(node, asked, work);
  }

  async #ask(node: string, asked: readonly unknown[], work: () => Promise<T>): Promise<T> {
    const before = this.#answers.get(node);
    const found = await work();
    const answer = before !== undefined && isDeepStrictEqual(before.answer, found) ? before.answer : found;
    this.#answers.set(node, { asked, answer });
    return answer;
  }

  forget(node: string): void {
    this.#answers.delete(node);
  }

  keep(nodes: { has: (node: string) => boolean }): void {
    for (const node of this.#answers.keys()) if (!nodes.has(node)) this.#answers.delete(node);
  }
}

/** For one pipeline, over its edits. */
export class CheckMemory {
  /** All that is said of a node. What it consists of is kept too, since it depends on less. */
  readonly judged = new Recall<Judged>();
  readonly outputs = new Recall<Output | undefined>();
  readonly lineages = new Recall<Lineage>();
  /** Of a Split: what follows it begins anew. */
  readonly beginnings = new Recall<Lineage>();

  /** Forgets nodes that are no longer there. */
  keep(nodes: { has: (node: string) => boolean }): void {
    this.judged.keep(nodes);
    this.outputs.keep(nodes);
    this.lineages.keep(nodes);
    this.beginnings.keep(nodes);
  }
}

/** The instance's own part of what a question depends on. */
export const ownFacts = ({ node, sources, key, heldOut, merges }: Instance): unknown[] => [
  node.kind,
  node.title,
  node.params,
  key === null,
  heldOut === true,
  merges !== undefined,
  sources.map((s) => `${s.param} ${s.path} ${s.sha256}`).join('\n'),
  [...node.inputs].map(([port, from]) => `${port} ${from.map((s) => `${s.node}.${s.port}`).join(' ')}`).join('\n'),
];

const isSame = (a: readonly unknown[], b: readonly unknown[]): boolean =>
  a.length === b.length && a.every((value, i) => Object.is(value, b[i]));
