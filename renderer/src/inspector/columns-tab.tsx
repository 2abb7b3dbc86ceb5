import { useMemo } from 'react';
import { specs } from '../../../nodes/specs.ts';
import { linksOf } from '../../../shared/pipeline/edits/ports.ts';
import { useCheck } from '../state/runs/check.ts';
import { usePipeline } from '../state/documents/documents.ts';
import { TypeGlyph } from '../theme/type-glyph.tsx';
import { sayColumnPart } from '../text/say-column.ts';
import { t } from '../text/t.ts';
import styles from './inspector.module.css';
import { schemaChanges } from './schema-changes.ts';

/** The columns that come out, and what the node did to those that came in. */
export function ColumnsTab({ node }: { node: string }) {
  const kind = usePipeline((file) => file.nodes[node]?.kind);
  const spec = specs.get(kind ?? '');
  const outPort = Object.entries(spec?.outputs ?? {}).find(([, p]) => p.wire === 'table')?.[0];
  const inPort = Object.entries(spec?.inputs ?? {}).find(([, p]) => p.wire === 'table')?.[0];
  const source = usePipeline((file) => {
    const link = linksOf(file).find((l) => l.to.node === node && l.to.port === inPort);
    return link && `${link.from.node}.${link.from.port}`;
  });
  const input = useCheck((r) => (source === undefined ? undefined : r?.schemas[source]));
  const output = useCheck((r) => (outPort === undefined ? undefined : r?.schemas[`${node}.${outPort}`]));
  const shown = output ?? (outPort === undefined ? input : undefined);
  const changes = useMemo(
    () => (shown === undefined ? [] : schemaChanges(output === undefined ? undefined : input, shown)),
    [shown, output, input],
  );
  if (shown === undefined) return <p className={styles.notice}>{t('inspector.columnsNone')}</p>;
  return (
    <ul className={styles.section} aria-label={t('inspector.columnsOut')}>
      {changes.map(({ change, column, before }) => (
        <li key={`${change} ${column.name}`} className={styles.column} data-change={change}>
          <TypeGlyph column={column} />
          <b title={`${column.name}: ${column.type}`}>{column.name}</b>
          <small>
            {change === 'same'
              ? sayColumnPart(column)
              : t(`inspector.change.${change}`, {
                  before: before?.type.toLowerCase() ?? '',
                  role: t(`inspector.roles.${column.role ?? 'feature'}`),
                })}
          </small>
        </li>
      ))}
      {shown.dynamic?.map((dynamic) => (
        <li key={dynamic.pattern} className={styles.column}>
          <TypeGlyph column={{ name: dynamic.pattern, type: dynamic.type }} />
          <b>{dynamic.pattern}</b>
          <small>{t('inspector.dynamic', { from: dynamic.from })}</small>
        </li>
      ))}
    </ul>
  );
}
