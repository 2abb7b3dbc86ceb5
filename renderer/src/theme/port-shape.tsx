import { unreachable } from '../../../shared/errors.ts';
import type { Wire } from '../../../shared/wires.ts';
import { wireColor } from './category.ts';

/** The sign of a wire: each of the five has a shape and a colour. Drawn about its centre, `size` px across. */
export function PortGlyph({
  wire,
  size = 10,
  hollow = false,
  surface = 'var(--s2)',
}: {
  wire: Wire;
  size?: number;
  hollow?: boolean;
  surface?: string;
}) {
  const color = wireColor(wire);
  return (
    <svg
      width={size + 4}
      height={size + 4}
      viewBox="-7 -7 14 14"
      aria-hidden
      style={{ display: 'block', overflow: 'visible' }}
    >
      <path
        d={portPath(wire)}
        fill={hollow ? surface : color}
        stroke={hollow ? color : surface}
        strokeWidth={hollow ? 1.6 : 2}
        paintOrder="stroke"
        strokeLinejoin="round"
      />
    </svg>
  );
}

/** Outlines in a 10 × 10 box about the origin. */
export function portPath(wire: Wire): string {
  switch (wire) {
    case 'table':
      return 'M-3.5 -4.5h7a1 1 0 0 1 1 1v7a1 1 0 0 1 -1 1h-7a1 1 0 0 1 -1 -1v-7a1 1 0 0 1 1 -1z';
    case 'model':
      return 'M0 -5.6L5.6 0L0 5.6L-5.6 0z';
    case 'llm':
      return 'M-4 -5L5 0L-4 5z';
    case 'report':
      return 'M5 0A5 5 0 1 1 -5 0A5 5 0 1 1 5 0z';
    case 'service':
      return 'M-2.7 -4.7H2.7L5.4 0L2.7 4.7H-2.7L-5.4 0z';
    default:
      return unreachable(wire);
  }
}
