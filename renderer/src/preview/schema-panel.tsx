import { isImageType } from '../../../shared/media/image.ts';
import { hiddenColumns, typeFamily } from '../../../shared/wires.ts';
import { useCheck } from '../state/check.ts';
import { titleOf } from '../state/commands.ts';
import { useActive } from '../state/documents.ts';
import { usePreviewTarget, type PreviewTarget } from '../state/preview-target.ts';
import { t } from '../text/t.ts';
import { EmptyState } from '../theme/surface.tsx';
import panel from './preview-panel.module.css';
import { Source } from './preview-states.tsx';
import styles from './schema-panel.module.css';
import { TypeGlyph } from './type-glyph.tsx';

/** The columns of the chosen port with their types and roles. Known before a row is read. */
export function SchemaPanel() {
  const target = usePreviewTarget();
  if (target === null) return <EmptyState title={t('preview.none')} hint={t('preview.noneHint')} />;
  return <PortSchema target={target} />;
}

function PortSchema({ target }: { target: PreviewTarget }) {
  const title = useActive((d) => (d === undefined ? target.node : titleOf(d.file, target.node)));
  const schema = useCheck((r) => r?.schemas[`${target.node}.${target.port}`]);
  if (target.wire !== 'table')
    return <EmptyState title={t('preview.noOutput', { node: title })} hint={t('preview.noOutputHint')} />;
  if (schema === undefined) return <EmptyState title={t('preview.schema.none')} hint={t('inspector.columnsNone')} />;
  const columns = schema.columns.filter((c) => !hiddenColumns.includes(c.name));
  return (
    <div className={panel.panel}>
      <div className={panel.header}>
        <Source target={target} title={title} />
        <span className={panel.facts}>
          {t('common.columns', { count: columns.length })}
          {schema.split && ` · ${t('preview.schema.splitNote')}`}
        </span>
      </div>
      <div className={styles.room} tabIndex={0} role="region" aria-label={t('app.drawerTabs.schema')}>
        <table className={styles.table}>
          <thead>
            <tr>
              <th scope="col">{t('preview.schema.number')}</th>
              <th scope="col">{t('preview.schema.name')}</th>
              <th scope="col">{t('preview.schema.family')}</th>
              <th scope="col">{t('preview.schema.type')}</th>
              <th scope="col">{t('preview.schema.role')}</th>
            </tr>
          </thead>
          <tbody>
            {columns.map((column, i) => (
              <tr key={column.name}>
                <td>{i + 1}</td>
                <td>
                  <span className={styles.name}>
                    <TypeGlyph column={column} />
                    {column.name}
                  </span>
                </td>
                <td>
                  {isImageType(column.type)
                    ? t('preview.schema.image')
                    : t(`preview.schema.families.${typeFamily(column.type)}`)}
                </td>
                <td>
                  <code>{column.type}</code>
                </td>
                <td data-role={column.role}>{t(`inspector.roles.${column.role ?? 'feature'}`)}</td>
              </tr>
            ))}
            {schema.dynamic?.map((dynamic) => (
              <tr key={dynamic.pattern}>
                <td aria-hidden />
                <td>
                  <span className={styles.name}>
                    <TypeGlyph column={{ name: dynamic.pattern, type: dynamic.type }} />
                    {dynamic.pattern}
                  </span>
                </td>
                <td>{t('preview.schema.dynamic')}</td>
                <td>
                  <code>{dynamic.type}</code>
                </td>
                <td>{t('preview.schema.from', { name: dynamic.from })}</td>
              </tr>
            ))}
          </tbody>
        </table>
      </div>
    </div>
  );
}
