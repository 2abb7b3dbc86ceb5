/** Which nodes would give another result now than in an earlier state of the pipeline: changed themselves, rewired, or fed by such a node. */
import { compactJson } from '../canonical.ts';
import type { PipelineFile, PipelineNode } from '../file.ts';
import { linksOf } from './ports.ts';

export function changedSince(then: PipelineFile, now: PipelineFile): ReadonlySet<string> {
  if (then.nodes === now.nodes && then.wires === now.wires && then.parameters === now.parameters) return nothing;
  if (compactJson(then.parameters) !== compactJson(now.parameters)) return new Set(Object.keys(now.nodes));
  const changed = new Set<string>();
  const before = incoming(then);
  const after = incoming(now);
  for (const [id, node] of Object.entries(now.nodes))
    if (!sameNode(then.nodes[id], node) || before.get(id) !== after.get(id)) changed.add(id);
  const open = [...changed];
  for (let id = open.pop(); id !== undefined; id = open.pop())
    for (const link of linksOf(now))
      if (link.from.node === id && !changed.has(link.to.node)) {
        changed.add(link.to.node);
        open.push(link.to.node);
      }
  return changed;
}

const nothing: ReadonlySet<string> = new Set();

const sameNode = (a: PipelineNode | undefined, b: PipelineNode): boolean =>
  a === b ||
  (a !== undefined &&
    a.kind === b.kind &&
    (a.disabled === true) === (b.disabled === true) &&
    compactJson(a.params) === compactJson(b.params));

function incoming(file: PipelineFile): ReadonlyMap<string, string> {
  const texts = new Map<string, string[]>();
  linksOf(file).forEach((link, i) =>
    texts.set(link.to.node, [...(texts.get(link.to.node) ?? []), file.wires[i] ?? '']),
  );
  return new Map([...texts].map(([id, wires]) => [id, wires.sort().join('\n')]));
}
