import { useEffect, useRef, useState } from 'react';
import { changeTitle } from '../../state/documents/commands.ts';
import { t } from '../../text/t.ts';
import { canvasApi, useCanvas } from '../../drawing/canvas-store.ts';
import styles from './card.module.css';

/** The title as a field, in its place on the card. Enter keeps it, Escape does not. */
export function RenameField({ node, title }: { node: string; title: string }) {
  const [text, setText] = useState(title);
  const field = useRef<HTMLInputElement>(null);
  useEffect(() => {
    field.current?.focus();
    field.current?.select();
  }, []);
  const end = (keep: boolean): void => {
    useCanvas.setState({ renaming: null });
    if (keep && text.trim() !== title) changeTitle(node, text);
    canvasApi()?.focus();
  };
  return (
    <input
      ref={field}
      className={`${styles.rename} nodrag nopan`}
      aria-label={t('actions.rename')}
      value={text}
      onChange={(event) => setText(event.target.value)}
      onBlur={() => {
        if (useCanvas.getState().renaming === node) end(true);
      }}
      onKeyDown={(event) => {
        event.stopPropagation();
        if (event.key === 'Enter') end(true);
        if (event.key === 'Escape') end(false);
      }}
    />
  );
}
