import type { LucideIcon } from 'lucide-react';
import type { CSSProperties } from 'react';
import { Icon } from './icon.tsx';
import styles from './tile.module.css';

/** The tinted square with an icon: what a node is, in the colour of its category. */
export function Tile({ icon, color, size = 'normal' }: { icon: LucideIcon; color: string; size?: 'normal' | 'big' }) {
  const style: CSSProperties & { '--cat': string } = { '--cat': color };
  return (
    <span className={`${styles['tile']} ${size === 'big' ? styles['big'] : ''}`} style={style}>
      <Icon of={icon} size={size === 'big' ? 18 : 13} stroke={1.4} />
    </span>
  );
}
