import { Calendar, Split, Braces, Image, ToggleLeft } from 'lucide-react';
import { isImageType } from '../../../shared/media/image.ts';
import { isInteger, partitionColumn, typeFamily, type Column } from '../../../shared/wires.ts';
import { Icon } from '../theme/icon.tsx';
import styles from './type-glyph.module.css';

/** The sign of a column's type: `#` whole numbers, `.12` others, `Aa` texts, a switch, a calendar. */
export function TypeGlyph({ column, size = 12 }: { column: Pick<Column, 'name' | 'type'>; size?: number }) {
  if (column.name === partitionColumn) return <Icon of={Split} size={size} className={styles.glyph} />;
  if (isImageType(column.type)) return <Icon of={Image} size={size} className={styles.glyph} />;
  switch (typeFamily(column.type)) {
    case 'number':
      return <Letters text={isInteger(column.type) ? '#' : '.12'} />;
    case 'text':
      return <Letters text="Aa" />;
    case 'boolean':
      return <Icon of={ToggleLeft} size={size + 1} className={styles.glyph} />;
    case 'time':
      return <Icon of={Calendar} size={size} className={styles.glyph} />;
    case 'other':
      return <Icon of={Braces} size={size} className={styles.glyph} />;
  }
}

const Letters = ({ text }: { text: string }) => (
  <span className={`${styles.glyph} ${styles.letters}`} aria-hidden>
    {text}
  </span>
);
