import { ArrowRight } from 'lucide-react';
import { sayName } from '../preview/grid/grid-head.tsx';
import { sayNumber, sayShare, type ProfileColumn } from '../text/profile-words.ts';
import { TypeGlyph } from '../theme/type-glyph.tsx';
import { sayCount } from '../text/say.ts';
import { t } from '../text/t.ts';
import { Icon } from '../theme/icon.tsx';
import styles from './changes.module.css';
import type { ColumnChange } from './compare-columns.ts';

/** Each column with what is other about it: type, gaps, mean, how many of its cells. What the node touched stands first. */
export function ChangedColumns({
  columns,
  cells,
}: {
  columns: readonly ColumnChange[];
  cells: ReadonlyMap<string, number>;
}) {
  const described = columns.map((column) => ({ column, facts: factsOf(column, cells.get(column.name) ?? 0) }));
  const isTouched = (entry: (typeof described)[number]): boolean =>
    entry.column.fate !== 'kept' || entry.facts.length > 0;
  return (
    <ul className={styles.columns} tabIndex={0} aria-label={t('changes.columns')}>
      {[...described.filter(isTouched), ...described.filter((entry) => !isTouched(entry))].map(({ column, facts }) => (
        <li key={column.name} data-fate={column.fate}>
          <TypeGlyph column={column.column} />
          <b title={column.name}>{sayName(column)}</b>
          <small>{t(`changes.fate.${facts.length > 0 && column.fate === 'kept' ? 'changed' : column.fate}`)}</small>
          {facts.map((fact) => (
            <span key={fact.name}>
              {fact.name}
              {fact.before !== undefined && <del>{fact.before}</del>}
              {fact.before !== undefined && <Icon of={ArrowRight} size={10} />}
              <ins>{fact.after}</ins>
            </span>
          ))}
        </li>
      ))}
    </ul>
  );
}

interface Fact {
  name: string;
  before?: string;
  after: string;
}

function factsOf(change: ColumnChange, changedCells: number): Fact[] {
  const { fate, oldType, column, before, after } = change;
  if (fate !== 'kept') return [];
  const facts: (Fact | undefined)[] = [
    oldType === undefined
      ? undefined
      : { name: t('changes.type'), before: oldType.toLowerCase(), after: column.type.toLowerCase() },
    changedCells > 0 ? { name: t('changes.cellsChanged'), after: sayCount(changedCells) } : undefined,
    pairOf(t('preview.profile.missing'), before, after, (p) =>
      p.nulls === 0 ? '0' : `${sayCount(p.nulls)} (${sayShare(p.nulls, p.count)} %)`,
    ),
    pairOf(t('preview.profile.mean'), before, after, (p) => (p.mean === null ? undefined : sayNumber(p.mean))),
    pairOf(t('preview.profile.spread'), before, after, (p) => (p.sd === null ? undefined : sayNumber(p.sd))),
  ];
  return facts.filter((fact) => fact !== undefined);
}

/** A fact that reads differently before and after; nothing while one side is not known. */
function pairOf(
  name: string,
  before: ProfileColumn | undefined,
  after: ProfileColumn | undefined,
  say: (profile: ProfileColumn) => string | undefined,
): Fact | undefined {
  const was = before && say(before);
  const is = after && say(after);
  return was === undefined || is === undefined || was === is ? undefined : { name, before: was, after: is };
}
