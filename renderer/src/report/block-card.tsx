import type { ReactNode } from 'react';
import { cardClass } from '../theme/surface.tsx';
import styles from './report.module.css';

/** The frame of a block: title, what it says in small, what can be done with it. */
export function BlockCard({
  title,
  note,
  tools,
  children,
  wide,
}: {
  title: string;
  note?: string | undefined;
  tools?: ReactNode;
  children: ReactNode;
  wide?: boolean;
}) {
  return (
    <section className={`${cardClass} ${styles.block} ${wide ? styles.wide : ''}`} aria-label={title}>
      <header className={styles.blockHead}>
        <h3>{title}</h3>
        {note && <small>{note}</small>}
        {tools && <span className={styles.tools}>{tools}</span>}
      </header>
      {children}
    </section>
  );
}
