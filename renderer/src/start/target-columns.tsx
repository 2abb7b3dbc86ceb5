import { useState } from 'react';
import type { Column } from '../../../shared/wires.ts';
import { MiniProfile } from '../preview/profile/mini-profile.tsx';
import { sayColumn, type Profile } from '../text/profile-words.ts';
import { TypeGlyph } from '../theme/type-glyph.tsx';
import { sayType } from '../text/say-column.ts';
import { sayCount } from '../text/say.ts';
import { t } from '../text/t.ts';
import { Chip } from '../theme/surface.tsx';
import { SearchField } from '../theme/text-field.tsx';
import styles from './target.module.css';

/** More are found by their names. */
const mostShown = 60;
const fewToSearch = 12;

/** Each column with its type and what it holds; one press says which to predict. */
export function TargetColumns({
  columns,
  profile,
  suggested,
  value,
  onChange,
}: {
  columns: readonly Column[];
  profile: Profile | null;
  suggested: string;
  value: string;
  onChange: (name: string) => void;
}) {
  const [text, setText] = useState('');
  const fitting = columns.filter((c) => c.name.toLowerCase().includes(text.trim().toLowerCase()));
  // What is chosen stays in sight, however wide the table.
  const first = fitting.filter((c, i) => i < mostShown || c.name === value);
  const byName = new Map(profile?.columns.map((c) => [c.name, c]));
  return (
    <>
      {columns.length > fewToSearch && (
        <SearchField
          label={t('start.target.filter')}
          placeholder={t('start.target.filter')}
          value={text}
          onChange={setText}
        />
      )}
      <div className={styles.columns} role="radiogroup" aria-label={t('start.target.choose')}>
        {first.map((column) => {
          const own = byName.get(column.name);
          return (
            <label key={column.name} className={styles.column} data-chosen={column.name === value || undefined}>
              <input
                type="radio"
                name="target"
                checked={column.name === value}
                onChange={() => onChange(column.name)}
                aria-label={column.name}
              />
              <span className={styles.name}>
                <TypeGlyph column={column} />
                <b title={column.name}>{column.name}</b>
                {column.name === suggested && <Chip>{t('start.target.suggested')}</Chip>}
              </span>
              <span className={styles.picture}>{own && <MiniProfile column={own} height={18} />}</span>
              <span className={styles.holds}>
                {sayType(column.type)}
                {own && ` · ${sayColumn(own)}`}
              </span>
            </label>
          );
        })}
        {fitting.length > first.length && (
          <p className={styles.more}>{t('start.target.more', { number: sayCount(fitting.length - first.length) })}</p>
        )}
        {fitting.length === 0 && <p className={styles.more}>{t('start.target.noneFits')}</p>}
      </div>
    </>
  );
}
