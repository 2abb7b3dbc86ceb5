/** Figures in words: rows, bytes, times. Short enough for a card's footer. */
import { t } from './t.ts';

const whole = new Intl.NumberFormat('en-US', { maximumFractionDigits: 0 });
const compact = new Intl.NumberFormat('en-US', { notation: 'compact', maximumSignificantDigits: 3 });

export const sayCount = (n: number): string => whole.format(n);
export const sayRows = (rows: number): string => t('common.rows', { count: rows, rows: whole.format(rows) });
/** `413k` on a wire. */
export const sayRowsShort = (rows: number): string =>
  rows < 10_000 ? whole.format(rows) : compact.format(rows).toLowerCase();

export function sayBytes(bytes: number): string {
  const units = ['B', 'kB', 'MB', 'GB', 'TB'];
  let value = bytes;
  let unit = 0;
  while (value >= 999.5 && unit < units.length - 1) {
    value /= 1000;
    unit++;
  }
  return `${unit === 0 || value >= 99.5 ? value.toFixed(0) : value.toFixed(1)} ${units[unit]}`;
}

/** `23 ms`, `0.2 s`, `21 s`, `3 min 5 s`, `2 h 4 min`. */
export function sayDuration(ms: number): string {
  if (ms < 95) return `${Math.max(0, Math.round(ms))} ms`;
  if (ms < 9_950) return `${(Math.max(0, ms) / 1000).toFixed(1)} s`;
  const seconds = Math.round(ms / 1000);
  if (seconds < 100) return `${seconds} s`;
  const minutes = Math.floor(seconds / 60);
  if (minutes < 60) return seconds % 60 === 0 ? `${minutes} min` : `${minutes} min ${seconds % 60} s`;
  return `${Math.floor(minutes / 60)} h ${minutes % 60} min`;
}

/** `14:02` today, `yesterday`, `Mon 16 Nov` before. */
export function sayWhen(timeMs: number, nowMs = Date.now()): string {
  const time = new Date(timeMs);
  const clock = time.toLocaleTimeString('en-GB', { hour: '2-digit', minute: '2-digit' });
  const days = Math.round((new Date(nowMs).setHours(0, 0, 0, 0) - new Date(timeMs).setHours(0, 0, 0, 0)) / 86_400_000);
  if (days === 0) return t('common.today', { time: clock });
  if (days === 1) return t('common.yesterday');
  const sameYear = time.getFullYear() === new Date(nowMs).getFullYear();
  return time.toLocaleDateString('en-GB', {
    weekday: 'short',
    day: 'numeric',
    month: 'short',
    ...(sameYear ? {} : { year: 'numeric' }),
  });
}

/** The time of the wall clock, for words such as "8 s left". */
export const clockMs = (): number => Date.now();
