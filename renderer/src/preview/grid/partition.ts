/** A partition has one colour wherever it is drawn: training strong, what is held back paler. Folds share the hue. */
export function partitionColor(partition: string): string {
  if (partition === 'train') return 'var(--feat)';
  if (partition === 'test') return 'color-mix(in srgb, var(--feat) 42%, var(--s2))';
  if (partition === 'validation') return 'color-mix(in srgb, var(--feat) 68%, var(--s2))';
  const fold = /(\d+)/.exec(partition)?.[1];
  return fold === undefined
    ? 'var(--l3)'
    : `color-mix(in srgb, var(--feat) ${Math.max(25, 100 - Number(fold) * 12)}%, var(--s2))`;
}
