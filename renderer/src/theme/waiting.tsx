import { useEffect, useState, type ReactNode } from 'react';
import { sayDuration } from '../text/say.ts';
import { EmptyState, ProgressRing } from './surface.tsx';
import styles from './waiting.module.css';

/** Most answers are there before anybody would read that they are waited for. */
const silentMs = 600;
/** From then on it is more than usual: the way out is offered. */
const longMs = 10_000;

/** Where an answer is waited for: blank for a moment, then what is done and for how long; `children` when it takes long. */
export function Waiting({ title, children }: { title: string; children?: ReactNode }) {
  const [sinceMs] = useState(() => Date.now());
  const [nowMs, setNow] = useState(sinceMs);
  useEffect(() => {
    const timer = setInterval(() => setNow(Date.now()), 500);
    return () => clearInterval(timer);
  }, []);
  const waitedMs = nowMs - sinceMs;
  return (
    <div className={styles.waiting} aria-busy>
      {waitedMs >= silentMs && (
        <EmptyState title={title} hint={waitedMs < 2000 ? undefined : sayDuration(Math.floor(waitedMs / 1000) * 1000)}>
          {waitedMs < longMs ? <ProgressRing fraction={null} size={18} /> : children}
        </EmptyState>
      )}
    </div>
  );
}
