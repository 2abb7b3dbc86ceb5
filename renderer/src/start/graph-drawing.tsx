import { kindFacts } from '../../../nodes/kind-facts.ts';
import type { PipelineFile } from '../../../shared/pipeline/file.ts';
import { wirePath } from '../drawing/wire-geometry.ts';
import { linksOf, portsOf } from '../../../shared/pipeline/edits/ports.ts';
import { t } from '../text/t.ts';
import { categoryColor, wireColor } from '../theme/category.ts';
import { Icon } from '../theme/icon.tsx';
import { kindIcon } from '../theme/kind-icon.ts';
import { portPath } from '../theme/port-shape.tsx';
import { drawGraph } from './draw-graph.ts';

/** Back to the next line of cards: along the gap above it. */
const backPath = ([x, y]: readonly [number, number], [toX, toY]: readonly [number, number]): string =>
  `M${x} ${y}H${x + 7}V${toY - 20}H${toX - 7}V${toY}H${toX}`;

/** A pipeline in small, drawn from its file: its cards, ports and wires where they stand. */
export function GraphDrawing({ file, title }: { file: PipelineFile; title: string }) {
  const drawing = drawGraph(file);
  if (drawing.cards.length === 0) return null;
  const portAt = (node: string, side: 'inputs' | 'outputs', port: string): readonly [number, number] => {
    const card = drawing.cards.find((c) => c.id === node);
    const names = Object.keys(portsOf(file, node, kindFacts)[side]);
    const used = names.filter((name) =>
      file.wires.some((w) =>
        side === 'outputs' ? w.startsWith(`${node}.${name} -> `) : w.endsWith(` -> ${node}.${name}`),
      ),
    );
    const index = Math.max(0, used.indexOf(port));
    const y = (card?.y ?? 0) + 17 + (index - (used.length - 1) / 2) * 11;
    return [(card?.x ?? 0) + (side === 'outputs' ? 58 : 0), y];
  };
  return (
    <svg
      viewBox={`0 0 ${drawing.width} ${drawing.height}`}
      width={drawing.width * drawing.scale}
      height={drawing.height * drawing.scale}
      style={{ maxWidth: '94%', maxHeight: '92%', height: 'auto' }}
      role="img"
      aria-label={t('start.drawing', { title, count: drawing.cards.length })}
    >
      {linksOf(file).map((link, i) => {
        const wire = portsOf(file, link.from.node, kindFacts).outputs[link.from.port]?.wire ?? 'table';
        const [from, to] = [
          portAt(link.from.node, 'outputs', link.from.port),
          portAt(link.to.node, 'inputs', link.to.port),
        ];
        return (
          <path
            key={file.wires[i]}
            d={to[0] < from[0] ? backPath(from, to) : wirePath(from, to)}
            fill="none"
            strokeWidth={1.6}
            stroke={`color-mix(in srgb, ${wireColor(wire)} 72%, var(--canvas))`}
          />
        );
      })}
      {drawing.cards.map(({ id, x, y }) => {
        const spec = kindFacts.get(file.nodes[id]?.kind ?? '');
        const color = spec ? categoryColor(spec.category) : 'var(--gov)';
        return (
          <g key={id} transform={`translate(${x} ${y})`}>
            <rect width={58} height={34} rx={6} fill="var(--s2)" stroke="var(--l2)" />
            <rect x={7} y={8} width={18} height={18} rx={4.5} fill={`color-mix(in srgb, ${color} 16%, transparent)`} />
            <g transform="translate(10 11)" color={color}>
              <Icon of={kindIcon(spec)} size={12} stroke={1.3} />
            </g>
            <rect x={31} y={12} width={20} height={3.5} rx={1.7} fill="var(--l3)" opacity={0.75} />
            <rect x={31} y={19} width={13} height={3.5} rx={1.7} fill="var(--l3)" opacity={0.45} />
          </g>
        );
      })}
      {linksOf(file).flatMap((link, i) => {
        const wire = portsOf(file, link.from.node, kindFacts).outputs[link.from.port]?.wire ?? 'table';
        return [portAt(link.from.node, 'outputs', link.from.port), portAt(link.to.node, 'inputs', link.to.port)].map(
          ([x, y], end) => (
            <path
              key={`${file.wires[i]} ${end}`}
              d={portPath(wire)}
              transform={`translate(${x} ${y}) scale(0.66)`}
              fill={wireColor(wire)}
            />
          ),
        );
      })}
    </svg>
  );
}
