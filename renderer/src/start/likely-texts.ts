/** Columns of sentences: as categories a model would learn each row by heart, so their words are learnt (TF-IDF). */
import { formatWire, parseWire, type PipelineFile, type PipelineNode } from '../../../shared/pipeline/file.ts';
import type { Profile } from '../text/profile-words.ts';
import { laidOut } from './reader-fixes.ts';

/** Fewer are too few to tell. */
const fewestRows = 20;
/** Names and titles have fewer words, in the mean of the values that a profile shows. */
const fewestWords = 4;
/** Each becomes up to 300 columns. */
const mostTexts = 3;

/** @param apart columns that are not learnt from: the target, and what names the rows */
export function likelyTexts(profile: Profile | null, apart: readonly (string | undefined)[]): string[] {
  const found = profile?.columns.filter(({ name, type, count, nulls, distinct, top }) => {
    const words = top.map(({ value }) => value.trim().split(/\s+/).length);
    return (
      !apart.includes(name) &&
      type === 'VARCHAR' &&
      count - nulls >= fewestRows &&
      (distinct ?? 0) >= (count - nulls) / 2 &&
      words.length > 0 &&
      words.reduce((sum, n) => sum + n, 0) >= fewestWords * words.length
    );
  });
  return (found ?? []).slice(0, mostTexts).map(({ name }) => name);
}

/** The file with a TF-IDF for each of them between Split and what prepares the other columns. */
export function withTexts(file: PipelineFile, texts: readonly string[]): PipelineFile {
  const split = Object.keys(file.nodes).find((id) => file.nodes[id]?.kind === 'split.rows');
  if (split === undefined || texts.length === 0) return file;
  const steps = texts.map((column, i): [string, PipelineNode] => [
    i === 0 ? 'words' : `words-${i + 1}`,
    { kind: 'prepare.tf-idf', version: 1, params: { column, name: column } },
  ]);
  const chain = [split, ...steps.map(([id]) => id)];
  const rowsOf = (node: string) => ({ node, port: 'rows' });
  const wires = file.wires.map((wire) => {
    const { from, to } = parseWire(wire);
    const prepares = file.nodes[to.node]?.kind.startsWith('prepare.') === true;
    return from.node === split && prepares ? formatWire({ from: rowsOf(chain.at(-1) ?? split), to }) : wire;
  });
  const between = steps.map(([id], i) => formatWire({ from: rowsOf(chain[i] ?? split), to: rowsOf(id) }));
  return laidOut({
    ...file,
    nodes: { ...file.nodes, ...Object.fromEntries(steps) },
    wires: [...wires, ...between].sort(),
  });
}
