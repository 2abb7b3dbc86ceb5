import { useState } from 'react';
import { sayCount } from '../../text/say.ts';
import { t } from '../../text/t.ts';
import styles from './jump-to-row.module.css';

/** A row's number, typed: the only quick way to the middle of a hundred million. */
export function JumpToRow({ rows, onJump }: { rows: number; onJump: (row: number) => void }) {
  const [text, setText] = useState('');
  return (
    <form
      onSubmit={(event) => {
        event.preventDefault();
        const row = Number(text.replaceAll(/[^\d]/g, ''));
        if (row < 1) return;
        onJump(Math.min(rows, row) - 1);
        setText('');
      }}
    >
      <input
        className={styles.jump}
        aria-label={t('preview.jumpHint', { rows: sayCount(rows) })}
        placeholder={t('preview.jump')}
        inputMode="numeric"
        value={text}
        onChange={(event) => setText(event.target.value)}
      />
    </form>
  );
}
