/** What a node's result depends on, as a text: its own settings and those of all that feeds it. Equal texts mean an equal recipe. */
import { compactJson } from '../../../shared/pipeline/canonical.ts';
import type { PipelineFile } from '../../../shared/pipeline/file.ts';
import { linksOf } from './ports.ts';

export function recipeOf(file: PipelineFile, node: string): string {
  const links = linksOf(file);
  const seen = new Set<string>();
  const open = [node];
  for (let id = open.pop(); id !== undefined; id = open.pop()) {
    if (seen.has(id)) continue;
    seen.add(id);
    for (const link of links) if (link.to.node === id) open.push(link.from.node);
  }
  const nodes = [...seen].sort().map((id) => {
    const found = file.nodes[id];
    return [id, found?.kind ?? '', found?.params ?? {}, found?.disabled === true];
  });
  const wires = file.wires.filter((_, i) => seen.has(links[i]?.to.node ?? '')).sort();
  return compactJson([nodes, wires, file.parameters]);
}
