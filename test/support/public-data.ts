/** Public data sets as CSV texts, and the quick start on them. */
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { resourcesFolder } from '../../cli/run-environment.ts';
import { substitute } from '../../shared/pipeline/parameters.ts';
import { parsePipeline } from '../../shared/pipeline/parse.ts';
import { featuresOf, readPeers, type PeerSet } from './tree-peers.ts';
import { toCsv, type FinishedRun, type Workshop } from './workshop.ts';

export interface PublicSet {
  name: string;
  target: string;
  metric: 'roc_auc' | 'r2';
  text: () => Promise<string>;
}

export const splitSeeds = [1, 2, 3, 4, 5];

export const publicSets: readonly PublicSet[] = [
  { name: 'penguins', target: 'species', metric: 'roc_auc', text: bundled('penguins') },
  { name: 'cars', target: 'miles_per_gallon', metric: 'r2', text: bundled('cars') },
  { name: 'seattle-weather', target: 'temp_max', metric: 'r2', text: bundled('seattle-weather') },
  { name: 'breast_cancer', target: 'target', metric: 'roc_auc', text: fromPeers('breast_cancer') },
  { name: 'wine', target: 'target', metric: 'roc_auc', text: fromPeers('wine') },
  { name: 'diabetes', target: 'target', metric: 'r2', text: fromPeers('diabetes') },
];

function bundled(name: string): () => Promise<string> {
  return () => readFile(join(resourcesFolder, 'data', `${name}.csv`), 'utf8');
}

function fromPeers(name: string): () => Promise<string> {
  return async () => {
    const set = readPeers().sets.find((s) => s.name === name);
    if (!set) throw new Error(`no data set ${name}`);
    return peerCsv(set);
  };
}

function peerCsv(set: PeerSet): string {
  const features = featuresOf(set);
  const columns = Array.from({ length: set.columns }, (_, c) => `x${c}`);
  const rows = set.target.map((target, row) => ({
    ...Object.fromEntries(
      columns.map((name, c) => [name, Number((features[row * set.columns + c] ?? 0).toPrecision(7))]),
    ),
    target: set.objective === 'squared-error' ? target : `class ${target}`,
  }));
  return toCsv([...columns, 'target'], rows);
}

/** The quick start as it is shipped, on a file of the workshop. */
export async function runQuickStart(
  workshop: Workshop,
  { file, target, seed }: { file: string; target: string; seed?: number },
): Promise<FinishedRun> {
  const path = join(resourcesFolder, 'examples', 'quick-start.pipeline.json');
  const pipeline = parsePipeline(await readFile(path, 'utf8'), path);
  const nodes = Object.fromEntries(
    Object.entries(pipeline.nodes).map(([id, node]) => {
      const params = substitute(node.params, { file, target }, id);
      return [
        id,
        { kind: node.kind, params: node.kind === 'split.rows' && seed !== undefined ? { ...params, seed } : params },
      ];
    }),
  );
  return workshop.run(nodes, pipeline.wires);
}

/** The same on a public data set, with another seed of Split. */
export async function runPublicSet(workshop: Workshop, set: PublicSet, seed: number): Promise<FinishedRun> {
  const file = `${set.name}.csv`;
  await workshop.write(file, await set.text());
  return runQuickStart(workshop, { file, target: set.target, seed });
}
