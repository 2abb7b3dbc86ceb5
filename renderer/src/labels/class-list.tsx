import { Plus } from 'lucide-react';
import { useState } from 'react';
import { sayCount } from '../text/say.ts';
import { t } from '../text/t.ts';
import { IconButton } from '../theme/button.tsx';
import { Kbd } from '../theme/kbd.tsx';
import { TextField } from '../theme/text-field.tsx';
import styles from './labels.module.css';

interface ClassListProps {
  names: readonly string[];
  counts: ReadonlyMap<string, number>;
  /** The label of the row that is shown. */
  chosen: string | undefined;
  /** Whether all is on the disk. */
  status: string;
  onGive: (label: string | null) => void;
  onAdd: (label: string) => void;
}

/** The labels with their keys and how often each was given; one that stands in the file alone is there too. */
export function ClassList({ names, counts, chosen, status, onGive, onAdd }: ClassListProps) {
  const [draft, setDraft] = useState('');
  const add = (): void => {
    onAdd(draft);
    setDraft('');
  };
  const all = [...names, ...[...counts.keys()].filter((name) => !names.includes(name))];
  return (
    <aside className={styles.classes} aria-label={t('labels.labels')}>
      <h2>{t('labels.labels')}</h2>
      {all.length === 0 && <p className={styles.hint}>{t('labels.noLabels')}</p>}
      <ul>
        {all.map((name, i) => (
          <li key={name}>
            <button type="button" className={styles.class} aria-pressed={name === chosen} onClick={() => onGive(name)}>
              {i < 9 ? <Kbd>{String(i + 1)}</Kbd> : <span className={styles.noKey} />}
              <span>{name}</span>
              <small>{sayCount(counts.get(name) ?? 0)}</small>
            </button>
          </li>
        ))}
        <li>
          <button type="button" className={styles.class} disabled={chosen === undefined} onClick={() => onGive(null)}>
            <Kbd>0</Kbd>
            <span>{t('labels.clear')}</span>
          </button>
        </li>
      </ul>
      <div className={styles.add}>
        <TextField
          label={t('labels.add')}
          layout="bare"
          placeholder={t('labels.addHint')}
          value={draft}
          onChange={setDraft}
          onKeyDown={(event) => {
            if (event.key === 'Enter' && draft.trim() !== '') add();
            else event.continuePropagation();
          }}
        />
        <IconButton icon={Plus} iconSize={14} label={t('labels.add')} isDisabled={draft.trim() === ''} onPress={add} />
      </div>
      <p className={styles.hint} role="status">
        {status}
      </p>
    </aside>
  );
}
