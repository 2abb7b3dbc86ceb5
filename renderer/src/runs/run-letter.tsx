import type { CSSProperties } from 'react';
import styles from '../theme/master.module.css';

/** In the order of a chart's series, so that a run has one colour in list, table and curve. */
const seriesColors = ['--acc', '--eval', '--feat', '--model', '--deploy', '--llm', '--clean', '--gov'];
export const letterOf = (i: number): string => String.fromCodePoint(65 + (i % 26));
export const seriesColor = (i: number): string => `var(${seriesColors[i % seriesColors.length] ?? '--acc'})`;

/** The letter that a run has while it is compared. */
export function RunLetter({ index }: { index: number }) {
  const style: CSSProperties & { '--series': string } = { '--series': seriesColor(index) };
  return (
    <span className={styles.letter} style={style}>
      {letterOf(index)}
    </span>
  );
}
