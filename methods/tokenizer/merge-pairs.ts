/**
 * The merging that byte-pair encoding and SentencePiece's BPE share: while two neighbours form a known piece, the best such pair becomes one. Best is the
 * lowest rank; among equals the leftmost.
 *
 * @param symbols characters to begin with
 * @param rankOf the pair's rank, or `undefined` where it forms no piece
 * @returns the pieces
 */
export function mergePairs(
  symbols: readonly string[],
  rankOf: (left: string, right: string) => number | undefined,
): string[] {
  const chain = chainOf(symbols);
  const queue: Candidate[] = [];
  const offer = (left: number): void => {
    const right = chain.next[left] ?? -1;
    if (left < 0 || right < 0) return;
    const a = chain.text[left] ?? '';
    const b = chain.text[right] ?? '';
    const rank = rankOf(a, b);
    if (rank !== undefined) push(queue, { rank, left, right, length: a.length + b.length });
  };
  for (let i = 0; i + 1 < symbols.length; i++) offer(i);
  for (let best = pop(queue); best !== undefined; best = pop(queue)) {
    const a = chain.text[best.left] ?? '';
    const b = chain.text[best.right] ?? '';
    // One of the two has merged with another meanwhile.
    if (a === '' || b === '' || a.length + b.length !== best.length) continue;
    chain.text[best.left] = a + b;
    chain.text[best.right] = '';
    const after = chain.next[best.right] ?? -1;
    chain.next[best.left] = after;
    if (after >= 0) chain.previous[after] = best.left;
    offer(chain.previous[best.left] ?? -1);
    offer(best.left);
  }
  return chain.text.filter((text) => text !== '');
}

interface Chain {
  text: string[];
  next: number[];
  previous: number[];
}
const chainOf = (symbols: readonly string[]): Chain => ({
  text: [...symbols],
  next: symbols.map((_, i) => (i + 1 < symbols.length ? i + 1 : -1)),
  previous: symbols.map((_, i) => i - 1),
});

interface Candidate {
  rank: number;
  left: number;
  right: number;
  /** Characters of both when the pair was offered. */
  length: number;
}
const before = (a: Candidate, b: Candidate): boolean => (a.rank === b.rank ? a.left < b.left : a.rank < b.rank);

/** A binary heap, best first. */
function push(heap: Candidate[], item: Candidate): void {
  let at = heap.length;
  while (at > 0) {
    const above = (at - 1) >> 1;
    const parent = heap[above];
    if (parent === undefined || !before(item, parent)) break;
    heap[at] = parent;
    at = above;
  }
  heap[at] = item;
}

function pop(heap: Candidate[]): Candidate | undefined {
  const best = heap[0];
  const item = heap.pop();
  if (best === undefined || item === undefined || heap.length === 0) return best;
  let at = 0;
  for (;;) {
    let child = 2 * at + 1;
    const left = heap[child];
    const right = heap[child + 1];
    if (left === undefined) break;
    if (right !== undefined && before(right, left)) child++;
    const better = heap[child];
    if (better === undefined || !before(better, item)) break;
    heap[at] = better;
    at = child;
  }
  heap[at] = item;
  return best;
}
