import type { ReactNode } from 'react';
import styles from './master.module.css';
import { SearchField } from './text-field.tsx';

/** A screen with a list to choose from and what is chosen beside it. */
export function MasterScreen({
  title,
  count,
  find,
  text,
  onText,
  tools,
  list,
  children,
}: {
  title: string;
  count?: number | undefined;
  find: string;
  text: string;
  onText: (text: string) => void;
  tools?: ReactNode;
  list: ReactNode;
  children: ReactNode;
}) {
  return (
    <div className={styles.screen}>
      <div className={styles.side} data-panel="list">
        <div className={styles.sideHead}>
          <h1>
            {title}
            {count !== undefined && <small>{count}</small>}
          </h1>
          <SearchField label={find} placeholder={find} value={text} onChange={onText} />
          {tools}
        </div>
        <div className={styles.list}>{list}</div>
      </div>
      <div className={styles.main} data-panel="main">
        {children}
      </div>
    </div>
  );
}

/** A titled surface on a screen. */
export function Card({
  title,
  note,
  tools,
  wide,
  children,
}: {
  title: string;
  note?: string | undefined;
  tools?: ReactNode;
  wide?: boolean;
  children: ReactNode;
}) {
  return (
    <section className={styles.card} data-wide={wide || undefined} aria-label={title}>
      <h3>
        {title}
        {note && <small>{note}</small>}
        {tools}
      </h3>
      {children}
    </section>
  );
}

/** Names with their values, one a line. */
export function Facts({ facts }: { facts: readonly (readonly [name: string, value: ReactNode])[] }) {
  return (
    <dl className={styles.facts}>
      {facts.map(([name, value]) => (
        <div key={name}>
          <dt>{name}</dt>
          <dd title={typeof value === 'string' ? value : undefined}>{value}</dd>
        </div>
      ))}
    </dl>
  );
}
