import { encodePage, type PageCell } from '../../shared/rpc/page.ts';
const rows = 10_000_000;
const plans = ['Family', 'Basic', 'Plus', 'Business'];
const hash = (n: number) => { let x = (n * 2654435761) >>> 0; x ^= x >>> 15; x = (x * 2246822519) >>> 0; return (x ^ (x >>> 13)) >>> 0; };
export const columns = [
  { name: 'customer_id', type: 'BIGINT', role: 'id' as const, f: (r: number): PageCell => 9007199254740993n + BigInt(r) },
  { name: 'tenure', type: 'INTEGER', f: (r: number): PageCell => hash(r) % 72 },
  { name: 'plan', type: 'VARCHAR', f: (r: number): PageCell => plans[hash(r + 7) % 4] ?? '' },
  { name: 'monthly_spend', type: 'DOUBLE', f: (r: number): PageCell => (hash(r + 3) % 60 === 0 ? null : Math.round((hash(r) % 10000)) / 100) },
  { name: 'last_seen', type: 'TIMESTAMP', f: (r: number): PageCell => `2025-11-${String(1 + (hash(r) % 28)).padStart(2, '0')} 00:00:00` },
  { name: 'churned', type: 'BOOLEAN', role: 'target' as const, f: (r: number): PageCell => hash(r + 11) % 5 === 0 },
  { name: 'note', type: 'VARCHAR', f: (r: number): PageCell => (r % 9 === 4 ? '' : r % 7 === 0 ? 'Called twice about the invoice of October; wants the old price back.\nSecond line: promised to call again on Monday, after the meeting with the team in Ulm.' : 'fine') },
  { name: '__partition', type: 'VARCHAR', f: (r: number): PageCell => (hash(r) % 5 === 0 ? 'test' : 'train') },
  { name: '__row', type: 'BIGINT', f: (r: number): PageCell => BigInt(r) },
  ...Array.from({ length: 30 }, (_, i) => ({ name: `feature_${i}`, type: 'DOUBLE', f: (r: number): PageCell => Math.sin(r + i) * 10 ** (i % 5) })),
];
export function page(offset: number, limit: number, filter: string) {
  const total = filter === '' ? rows : 1234;
  const n = Math.max(0, Math.min(limit, total - offset));
  return { page: encodePage({ offset, rows: n, columns: columns.map(({ f, ...c }) => ({ ...c, values: Array.from({ length: n }, (_, i) => f(offset + i)) })) }), rows: total, ms: 2 };
}
export const schema = { columns: columns.map(({ f: _, ...c }) => c), split: true };
export const totalRows = rows;
export const profile = {
  exact: true, rows, ms: 120,
  columns: columns.map(({ name, type }, k) => {
    const isText = type === 'VARCHAR' || type === 'BOOLEAN';
    return {
      name, type, count: rows, nulls: name === 'monthly_spend' ? 166_000 : 0, distinct: name === 'customer_id' ? rows : name === 'plan' ? 4 : isText ? 2 : 5000,
      min: isText ? null : name === 'last_seen' ? '2025-11-01 00:00:00' : 1, max: isText ? null : name === 'last_seen' ? '2025-11-28 00:00:00' : 72 + k, mean: isText ? null : 34.2, sd: isText ? null : 9.1,
      histogram: isText ? null : { from: 0, to: 72, counts: Array.from({ length: 20 }, (_, i) => Math.round(1000 * Math.exp(-((i - 10 + (k % 5)) ** 2) / 20))) },
      top: name === 'plan' ? plans.map((value, i) => ({ value, count: [4e6, 3e6, 2e6, 1e6][i] ?? 0 })) : name === 'churned' ? [{ value: 'false', count: 8e6 }, { value: 'true', count: 2e6 }] : name === '__partition' ? [{ value: 'train', count: 8e6 }, { value: 'test', count: 2e6 }] : isText ? [{ value: 'fine', count: 7e6 }, { value: 'other', count: 3e6 }] : [],
    };
  }),
};
