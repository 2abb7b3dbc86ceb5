import type { LucideIcon } from 'lucide-react';

interface IconProps {
  of: LucideIcon;
  size?: number;
  /** Stroke in px at the drawn size. */
  stroke?: number;
  /** Fills the shape: play, stop, bolt. */
  solid?: boolean;
  className?: string | undefined;
}

/** A line icon in the weight of the interface. Decoration only: its meaning stands in a text or a label beside it. */
export function Icon({ of: Glyph, size = 16, stroke = 1.4, solid, className }: IconProps) {
  return (
    <Glyph
      className={`icon${className ? ` ${className}` : ''}`}
      size={size}
      strokeWidth={stroke}
      absoluteStrokeWidth
      {...(solid ? { fill: 'currentColor' } : {})}
      aria-hidden
    />
  );
}
