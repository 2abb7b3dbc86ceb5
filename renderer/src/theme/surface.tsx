import type { ReactNode } from 'react';
import styles from './surface.module.css';

export const cardClass = styles.card ?? '';

export type Tone = 'plain' | 'ok' | 'warn' | 'bad' | 'accent';

/** A small fact in a rounded box. */
export function Chip({ tone = 'plain', children, title }: { tone?: Tone; children: ReactNode; title?: string }) {
  return (
    <span className={`${styles.chip} ${tone === 'plain' ? '' : styles[tone]}`} title={title}>
      {children}
    </span>
  );
}

/** What stands where nothing is yet: a line, a hint, and what to do. */
export function EmptyState({ title, hint, children }: { title: string; hint?: ReactNode; children?: ReactNode }) {
  return (
    <div className={styles.empty}>
      <b>{title}</b>
      {hint && <p>{hint}</p>}
      {children && <div>{children}</div>}
    </div>
  );
}

/** Progress as a ring; without a fraction it turns. */
export function ProgressRing({ fraction, size = 14 }: { fraction: number | null; size?: number }) {
  const share = fraction === null ? 28 : Math.round(fraction * 100);
  return (
    <svg className={styles.ring} width={size} height={size} viewBox="0 0 14 14" aria-hidden>
      <circle cx="7" cy="7" r="5.2" />
      <g className={fraction === null ? styles.spin : undefined}>
        <circle
          cx="7"
          cy="7"
          r="5.2"
          fill="none"
          stroke="var(--acc)"
          strokeWidth="2"
          strokeLinecap="round"
          pathLength="100"
          strokeDasharray={`${share} 100`}
          transform="rotate(-90 7 7)"
        />
      </g>
    </svg>
  );
}
