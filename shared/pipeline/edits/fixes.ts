/** What a fix button does, as an edit of the pipeline. */
import { columnPx } from '../arrange.ts';
import { unreachable, type Fix } from '../../errors.ts';
import type { PipelineFile } from '../file.ts';
import { addNode, addWire, freeId, insertOnWire, makeRoom, pushRight, removeWires, snap, type Point } from './graph.ts';
import { linksOf, portsOf, type Specs } from './ports.ts';
import { setParam } from './settings.ts';
import { formatWire, parseWire, type WireLink } from '../file.ts';

export function applyFix(file: PipelineFile, fix: Fix, specs: Specs): void {
  switch (fix.do) {
    case 'set':
      return setParam(file, fix.node, fix.param, fix.value);
    case 'insert':
      return insertBeside(file, fix, specs);
    case 'replace': {
      const node = file.nodes[fix.node];
      const spec = specs.get(fix.kind);
      if (node === undefined || spec === undefined) return;
      file.nodes[fix.node] = { ...node, kind: fix.kind, version: spec.version, params: fix.params };
      return;
    }
    case 'move':
      return moveBefore(file, fix.node, fix.before, specs);
    case 'wire':
      return drawForward(file, parseWire(fix.wire), specs);
    default:
      return unreachable(fix);
  }
}

function insertBeside(file: PipelineFile, fix: Extract<Fix, { do: 'insert' }>, specs: Specs): void {
  const spec = specs.get(fix.kind);
  if (spec === undefined) return;
  const id = freeId(file, spec.title);
  const [x, y] = file.layout[fix.node] ?? [0, 0];
  const at: Point = fix.side === 'before' ? [x - columnPx, y] : [x + columnPx, y];
  const links = linksOf({ wires: [...file.wires] }).filter((l) =>
    fix.side === 'before'
      ? l.to.node === fix.node && l.to.port === fix.port
      : l.from.node === fix.node && l.from.port === fix.port,
  );
  addNode(file, { id, spec, at, params: fix.params });
  if (links.length > 0) {
    for (const link of links) insertOnWire(file, id, link, specs);
    // In the row of its neighbours, which step aside: a wire never runs backwards because of a mend.
    file.layout[id] = snap(fix.side === 'before' ? [x, y] : at);
    makeRoom(file, id);
    return;
  }
  const own = portsOf(file, fix.node, specs);
  if (fix.side === 'before') {
    const output = Object.entries(spec.outputs).find(([, p]) => p.wire === own.inputs[fix.port]?.wire)?.[0];
    if (output !== undefined)
      addWire(file, { from: { node: id, port: output }, to: { node: fix.node, port: fix.port } }, specs);
  } else {
    const input = Object.entries(spec.inputs).find(([, p]) => p.wire === own.outputs[fix.port]?.wire)?.[0];
    if (input !== undefined)
      addWire(file, { from: { node: fix.node, port: fix.port }, to: { node: id, port: input } }, specs);
  }
}

/** Takes a node out of its chain, closing the gap, and puts it into the wire that enters `before`. */
function moveBefore(file: PipelineFile, node: string, before: string, specs: Specs): void {
  const links = linksOf({ wires: [...file.wires] });
  const incoming = links.find((l) => l.to.node === node);
  const outgoing = links.filter((l) => l.from.node === node);
  removeWires(file, [...(incoming ? [incoming] : []), ...outgoing].map(formatWire));
  if (incoming)
    for (const out of outgoing)
      if (out.to.node !== incoming.from.node) addWire(file, { from: incoming.from, to: out.to }, specs);
  const target = linksOf({ wires: [...file.wires] }).find((l) => l.to.node === before);
  if (target) insertOnWire(file, node, target, specs);
}

/** Draws a wire; what it ends in steps to the right, with all that follows, where the wire would run backwards. */
function drawForward(file: PipelineFile, link: WireLink, specs: Specs): void {
  addWire(file, link, specs);
  const [from, to] = [file.layout[link.from.node], file.layout[link.to.node]];
  if (from === undefined || to === undefined || to[0] >= from[0] + columnPx) return;
  pushRight(file, [link.to.node], from[0] + columnPx - to[0]);
}
