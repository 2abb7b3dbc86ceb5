import { randomBytes } from 'node:crypto';

/** Sortable by time, readable, unique: `20261124-101530-3f9a2c`. */
export function newRunId(now: Date = new Date()): string {
  const stamp = now.toISOString().replaceAll(/[-:T]/g, '').slice(0, 14);
  return `${stamp.slice(0, 8)}-${stamp.slice(8)}-${randomBytes(3).toString('hex')}`;
}
