import { Check } from 'lucide-react';
import { useState } from 'react';
import type { Column } from '../../../shared/wires.ts';
import { TypeGlyph } from '../theme/type-glyph.tsx';
import { sayColumnPart } from '../text/say-column.ts';
import { t } from '../text/t.ts';
import { Icon } from '../theme/icon.tsx';
import { SearchField } from '../theme/text-field.tsx';
import styles from './controls.module.css';

interface PickListProps {
  label: string;
  columns: readonly Column[];
  chosen: readonly string[];
  /** One closes the list, several stay in it. */
  onPick: (name: string) => void;
}

/** Columns to choose from, found by typing; types and roles beside the names. */
export function PickList({ label, columns, chosen, onPick }: PickListProps) {
  const [text, setText] = useState('');
  const [active, setActive] = useState(0);
  const found = columns.filter((c) => c.name.toLowerCase().includes(text.trim().toLowerCase()));
  const index = Math.min(active, found.length - 1);
  return (
    <div className={styles.list}>
      <div className={styles.listHead}>
        <SearchField
          label={label}
          placeholder={t('inspector.findColumn')}
          value={text}
          onChange={(next) => {
            setText(next);
            setActive(0);
          }}
          autoFocus
          onKeyDown={(event) => {
            const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
            const hit = found[index];
            if (step !== undefined) setActive(Math.max(0, Math.min(found.length - 1, index + step)));
            else if (event.key === 'Enter' && hit) onPick(hit.name);
            else event.continuePropagation();
          }}
        />
      </div>
      {found.length === 0 ? (
        <p className={styles.none}>{t(columns.length === 0 ? 'inspector.noColumns' : 'inspector.picksNone')}</p>
      ) : (
        <ul className={styles.options} role="listbox" aria-label={label}>
          {found.map((column, i) => (
            <li
              key={column.name}
              role="option"
              aria-selected={chosen.includes(column.name)}
              data-active={i === index || undefined}
              className={styles.option}
              onPointerMove={() => setActive(i)}
              onClick={() => onPick(column.name)}
            >
              <TypeGlyph column={column} />
              <span>{column.name}</span>
              <small>{sayColumnPart(column)}</small>
              {chosen.includes(column.name) && <Icon of={Check} size={12} stroke={1.8} />}
            </li>
          ))}
        </ul>
      )}
    </div>
  );
}
