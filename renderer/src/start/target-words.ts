/** What is said of a file that was opened, and of the column to predict. */
import { typeFamily, type Column } from '../../../shared/wires.ts';
import { sayShare, sayEdge, type Profile, type ProfileColumn } from '../text/profile-words.ts';
import { sayCount } from '../text/say.ts';
import { t } from '../text/t.ts';

const families = ['number', 'text', 'boolean', 'time', 'other'] as const;

/** "900 rows, 6 columns: 2 numbers, 3 texts, 1 date." */
export function sayFile(columns: readonly Column[], profile: Profile | null): string {
  const parts = families.flatMap((family) => {
    const count = columns.filter((c) => typeFamily(c.type) === family).length;
    return count === 0 ? [] : [t(`start.target.holds.${family}`, { count, number: sayCount(count) })];
  });
  const wide = t('start.target.columns', { count: columns.length, number: sayCount(columns.length) });
  const rows =
    profile === null
      ? ''
      : `${t(profile.exact ? 'start.target.rows' : 'start.target.firstRows', { count: profile.rows, number: sayCount(profile.rows) })}, `;
  return `${rows}${wide}: ${parts.join(', ')}.`;
}

/** From so few of a hundred on, a class is rare. */
const rare = 0.15;

/** What will be learnt of a column, and what is to be heeded: the reason beside the choice. */
export function sayTask(column: ProfileColumn): string[] {
  const present = column.count - column.nulls;
  const isNumber = typeFamily(column.type) === 'number' && (column.distinct ?? 0) > 2;
  const said: string[] = [
    isNumber
      ? t('start.target.number', { from: sayEdge(column.min), to: sayEdge(column.max) })
      : t('start.target.classes', {
          count: column.distinct ?? column.top.length,
          values: column.top
            .slice(0, 4)
            .map(({ value, count }) => `${value} ${sayShare(count, present)} %`)
            .join(', '),
        }),
  ];
  const least = column.top.at(-1);
  if (!isNumber && least !== undefined && column.top.length === column.distinct && least.count / present < rare)
    said.push(t('start.target.rare', { value: least.value, share: sayShare(least.count, present) }));
  if (column.nulls > 0) said.push(t('start.target.gaps', { count: column.nulls, number: sayCount(column.nulls) }));
  if (!isNumber && present > 20 && (column.distinct ?? 0) > present / 2) said.push(t('start.target.names'));
  return said;
}
