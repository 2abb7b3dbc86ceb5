import { Suspense } from 'react';
import { later } from '../loading/later.tsx';
import { useColumns } from './use-columns.ts';
import { asText, type ControlProps } from './control.ts';
import styles from './controls.module.css';

const { Component: CodeEditor } = later(async () => (await import('./code-editor.tsx')).default);

/** An SQL expression or query, with completion of columns and functions. The editor comes when the first one is seen. */
export function CodeControl({ field, value, onChange, node, label }: ControlProps) {
  const { all } = useColumns(node, field);
  const text = asText(value);
  return (
    <div className={styles.code}>
      <Suspense fallback={<pre style={{ padding: '6px 9px', minHeight: 30 }}>{text}</pre>}>
        <CodeEditor
          label={label}
          text={text}
          columns={all}
          isQuery={field.meta.widget === 'sql'}
          placeholder={field.meta.placeholder ?? ''}
          onChange={onChange}
        />
      </Suspense>
    </div>
  );
}
