/** Layered layout from left to right, computed by elk in its own worker, unmodified as its licence asks. Loaded when first used. */
import ELK from 'elkjs/lib/elk-api.js';
import workerUrl from 'elkjs/lib/elk-worker.min.js?url';
import { specs } from '../../../nodes/specs.ts';
import { smallest } from '../../../shared/append.ts';
import type { PipelineFile } from '../../../shared/pipeline/file.ts';
import { snap, type Point } from '../edits/graph.ts';
import { linksOf, portsOf } from '../edits/ports.ts';
import { cardWidth, portY } from './port-place.ts';

/** New positions of the given nodes; their top left corner stays where it was. */
export async function tidy(
  file: PipelineFile,
  ids: readonly string[],
  sizes: ReadonlyMap<string, Point>,
): Promise<Record<string, Point>> {
  const chosen = new Set(ids);
  const elk = new ELK({ workerFactory: () => new Worker(workerUrl) });
  try {
    const graph = await elk.layout({
      id: 'root',
      layoutOptions: {
        'elk.algorithm': 'layered',
        'elk.direction': 'RIGHT',
        'elk.layered.spacing.nodeNodeBetweenLayers': '64',
        'elk.spacing.nodeNode': '40',
        'elk.layered.nodePlacement.strategy': 'NETWORK_SIMPLEX',
        'elk.layered.considerModelOrder.strategy': 'NODES_AND_EDGES',
      },
      children: [...chosen]
        .sort((a, b) => (file.layout[a]?.[1] ?? 0) - (file.layout[b]?.[1] ?? 0))
        .map((id) => ({
          id,
          width: cardWidth,
          height: sizes.get(id)?.[1] ?? 100,
          layoutOptions: { 'elk.portConstraints': 'FIXED_POS' },
          ports: portsAt(file, id),
        })),
      edges: linksOf(file)
        .filter((l) => chosen.has(l.from.node) && chosen.has(l.to.node))
        .map((l, i) => ({
          id: String(i),
          sources: [`${l.from.node} output ${l.from.port}`],
          targets: [`${l.to.node} input ${l.to.port}`],
        })),
    });
    const places = ids.map((id): Point => file.layout[id] ?? [0, 0]);
    const left = smallest(places.map(([x]) => x));
    const top = smallest(places.map(([, y]) => y));
    const placed = graph.children ?? [];
    const [minX, minY] = [smallest(placed.map((c) => c.x ?? 0)), smallest(placed.map((c) => c.y ?? 0))];
    return Object.fromEntries(placed.map((c) => [c.id, snap([left + (c.x ?? 0) - minX, top + (c.y ?? 0) - minY])]));
  } finally {
    elk.terminateWorker();
  }
}

/** Ports where they are drawn, so that wires between neighbours come out straight. */
function portsAt(
  file: PipelineFile,
  node: string,
): { id: string; x: number; y: number; width: number; height: number }[] {
  const ports = portsOf(file, node, specs);
  return [
    ...Object.keys(ports.inputs).map((port, i) => ({
      id: `${node} input ${port}`,
      x: 0,
      y: portY(i),
      width: 0,
      height: 0,
    })),
    ...Object.keys(ports.outputs).map((port, i) => ({
      id: `${node} output ${port}`,
      x: cardWidth,
      y: portY(i),
      width: 0,
      height: 0,
    })),
  ];
}
