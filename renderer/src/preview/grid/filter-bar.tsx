import { Funnel, ListFilterPlus, X } from 'lucide-react';
import { useEffect, useState } from 'react';
import type { Problem } from '../../../../shared/errors.ts';
import { sayCount } from '../../text/say.ts';
import { t } from '../../text/t.ts';
import { Button, IconButton } from '../../theme/button.tsx';
import { Icon } from '../../theme/icon.tsx';
import styles from '../preview-panel.module.css';

export interface FilterBarProps {
  value: string;
  /** A column's name for the hint. */
  example: string | undefined;
  problem: Problem | null;
  shown: { rows: number; total: number | null } | null;
  onChange: (filter: string) => void;
  onMakeNode: () => void;
}

/** Long enough to finish a word, short enough to feel live. */
const pauseMs = 450;

/** A filter of the view alone, with the way to make it a step of the pipeline. */
export function FilterBar({ value, example, problem, shown, onChange, onMakeNode }: FilterBarProps) {
  const [text, setText] = useState(value);
  useEffect(() => setText(value), [value]);
  useEffect(() => {
    if (text.trim() === value) return;
    const pause = setTimeout(() => onChange(text.trim()), pauseMs);
    return () => clearTimeout(pause);
    // Only typing starts the pause.
    // eslint-disable-next-line react-hooks/exhaustive-deps
  }, [text]);
  return (
    <div className={styles.filter}>
      {shown && (
        <span className={styles.count}>
          {shown.total === null
            ? t('preview.filteredOfUnknown', { rows: sayCount(shown.rows) })
            : t('preview.filtered', { rows: sayCount(shown.rows), total: sayCount(shown.total) })}
        </span>
      )}
      {value !== '' && problem === null && (
        <Button size="small" look="quiet" icon={ListFilterPlus} onPress={onMakeNode}>
          {t('preview.filterNode')}
        </Button>
      )}
      <form
        role="search"
        className={styles.filterBox}
        data-set={text !== '' || undefined}
        data-bad={problem !== null || undefined}
        onSubmit={(event) => {
          event.preventDefault();
          onChange(text.trim());
        }}
      >
        <Icon of={Funnel} size={12} className={styles.filterLead} />
        <input
          className={styles.filterInput}
          aria-label={t('preview.filter')}
          aria-invalid={problem !== null}
          placeholder={t('preview.filterHint', { example: `${example ?? 'x'} IS NOT NULL` })}
          value={text}
          spellCheck={false}
          onChange={(event) => setText(event.target.value)}
          onKeyDown={(event) => {
            if (event.key !== 'Escape' || text === '') return;
            event.stopPropagation();
            setText('');
            onChange('');
          }}
        />
        {text !== '' && (
          <span className={styles.filterClear}>
            <IconButton
              icon={X}
              size="small"
              iconSize={12}
              label={t('preview.filterClear')}
              onPress={() => {
                setText('');
                onChange('');
              }}
            />
          </span>
        )}
        {problem && (
          <div className={styles.filterProblem} role="alert">
            {problem.message}
          </div>
        )}
      </form>
    </div>
  );
}
