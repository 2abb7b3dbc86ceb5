import { ChevronDown, Plus, X } from 'lucide-react';
import { Button as AriaButton } from 'react-aria-components';
import { nearestName, pickColumns } from '../../../shared/kind/columns.ts';
import { columnRule, type ColumnRule } from '../../../shared/kind/fields/fields.ts';
import type { Column } from '../../../shared/wires.ts';
import { TypeGlyph } from '../theme/type-glyph.tsx';
import { t } from '../text/t.ts';
import { Button } from '../theme/button.tsx';
import { Segmented, Select } from '../theme/choice.tsx';
import { Icon } from '../theme/icon.tsx';
import { PopoverButton } from '../theme/menu.tsx';
import { TextField } from '../theme/text-field.tsx';
import { asText, asTexts, type ControlProps, type Json } from './control.ts';
import styles from './controls.module.css';
import { PickList } from './pick-list.tsx';
import { useColumns } from './use-columns.ts';

/** One column by its name. A name that the table does not have stays, red, with the nearest one offered. */
export function ColumnControl({ field, value, onChange, node, label }: ControlProps) {
  const { columns, all, known } = useColumns(node, field);
  const name = asText(value);
  const column = all.find((c) => c.name === name);
  // Split has named it: a learner that names none takes that one.
  const inherited = name === '' ? all.find((c) => c.role !== undefined && c.role === field.name) : undefined;
  const isMissing = known && name !== '' && column === undefined;
  const near = isMissing
    ? nearestName(
        name,
        all.map((c) => c.name),
      )
    : undefined;
  return (
    <div className={styles.stack}>
      <PopoverButton
        label={label}
        trigger={
          <AriaButton
            className={styles.picker ?? ''}
            aria-label={`${label}: ${name || t('inspector.notChosen')}`}
            data-missing={isMissing || undefined}
          >
            {(column ?? inherited) && <TypeGlyph column={column ?? inherited ?? { name, type: '' }} />}
            <span className={`${styles.pickerName} ${name === '' ? styles.placeholder : ''}`}>
              {name || (inherited ? t('inspector.asSplit', { name: inherited.name }) : t('inspector.chooseColumn'))}
            </span>
            <Icon of={ChevronDown} size={12} />
          </AriaButton>
        }
      >
        {(close) => (
          <PickList
            label={label}
            columns={columns}
            chosen={[name]}
            onPick={(picked) => {
              onChange(picked === name ? '' : picked);
              close();
            }}
          />
        )}
      </PopoverButton>
      {isMissing && (
        <span className={styles.missing}>
          {t('inspector.missingColumn')}{' '}
          {near !== undefined && (
            <Button look="link" onPress={() => onChange(near)}>
              {t('inspector.didYouMean', { name: near })}
            </Button>
          )}
        </span>
      )}
    </div>
  );
}

/** Names as chips, with a list to add more. */
function NameChips({
  names,
  all,
  known,
  offered,
  label,
  add,
  lead,
  onChange,
}: {
  names: readonly string[];
  all: readonly Column[];
  known: boolean;
  offered: readonly Column[];
  label: string;
  add: string;
  /** What the names are, where that is not plain. */
  lead?: string;
  onChange: (names: string[]) => void;
}) {
  return (
    <div className={styles.chips}>
      {lead !== undefined && names.length > 0 && <span className={styles.found}>{lead}</span>}
      {names.map((name) => {
        const column = all.find((c) => c.name === name);
        return (
          <span
            key={name}
            className={styles.chip}
            data-missing={(known && column === undefined) || undefined}
            title={known && column === undefined ? t('inspector.missingColumn') : undefined}
          >
            {column && <TypeGlyph column={column} />}
            <span>{name}</span>
            <AriaButton
              aria-label={`${t('inspector.removeRow')} ${name}`}
              onPress={() => onChange(names.filter((n) => n !== name))}
            >
              <Icon of={X} size={11} />
            </AriaButton>
          </span>
        );
      })}
      <PopoverButton
        label={label}
        trigger={
          <Button size="small" look="quiet" icon={Plus} iconSize={12}>
            {add}
          </Button>
        }
      >
        {() => (
          <PickList
            label={label}
            columns={offered}
            chosen={names}
            onPick={(name) => onChange(names.includes(name) ? names.filter((n) => n !== name) : [...names, name])}
          />
        )}
      </PopoverButton>
    </div>
  );
}

/** Several columns by name, in an order that matters. */
export function ColumnListControl({ field, value, onChange, node, label }: ControlProps) {
  const { columns, all, known } = useColumns(node, field);
  return (
    <NameChips
      names={asTexts(value)}
      all={all}
      known={known}
      offered={columns}
      label={label}
      add={t('inspector.chooseColumns')}
      onChange={onChange}
    />
  );
}

const ways: readonly ColumnRule['by'][] = ['all', 'type', 'pattern', 'names'];
const families = ['number', 'text', 'boolean', 'time'] as const;

/** Columns by a rule, so that the setting survives new columns; or by name. Says what it picks now. */
// Over 80 lines: one list of columns: its search, its marks and its order.
export function ColumnsControl({ field, value, onChange, node, label }: ControlProps) {
  const { columns, all, known } = useColumns(node, field);
  const parsed = columnRule.safeParse(value);
  const rule: ColumnRule = parsed.success ? parsed.data : { by: 'all' };
  const picked = pickColumns(rule, all, field.meta.families);
  const except = rule.by === 'names' ? [] : (rule.except ?? []);
  const keepExcept: Record<string, Json> = except.length > 0 ? { except } : {};
  const change = (by: string): void => {
    if (by === 'all') onChange({ by, ...keepExcept });
    else if (by === 'type')
      onChange({ by, type: field.meta.families?.find((f) => f !== 'other') ?? 'number', ...keepExcept });
    else if (by === 'pattern') onChange({ by, pattern: '*', ...keepExcept });
    else onChange({ by: 'names', names: picked.map((c) => c.name) });
  };
  const withExcept = (names: string[]): void => {
    if (rule.by === 'names') return;
    const { except: _old, ...rest } = rule;
    onChange(names.length === 0 ? rest : { ...rest, except: names });
  };
  return (
    <div className={styles.stack}>
      <Segmented
        label={t('inspector.byLabel')}
        value={rule.by}
        onChange={change}
        options={ways.map((id) => ({ id, title: t(`inspector.by.${id}`) }))}
      />
      {rule.by === 'type' && (
        <Select
          label={label}
          layout="bare"
          value={rule.type}
          onChange={(type) => onChange({ ...rule, type })}
          options={families.map((id) => ({ id, title: t(`inspector.types.${id}`) }))}
        />
      )}
      {rule.by === 'pattern' && (
        <TextField
          label={label}
          layout="bare"
          mono
          value={rule.pattern}
          placeholder={t('inspector.patternHint')}
          onChange={(pattern) => onChange({ ...rule, pattern })}
        />
      )}
      {rule.by === 'names' ? (
        <NameChips
          names={rule.names}
          all={all}
          known={known}
          offered={columns}
          label={label}
          add={t('inspector.chooseColumns')}
          onChange={(names) => onChange({ by: 'names', names })}
        />
      ) : (
        <NameChips
          names={except}
          all={all}
          known={known}
          offered={columns}
          label={t('inspector.addExcept')}
          add={t('inspector.addExcept')}
          lead={t('inspector.except')}
          onChange={withExcept}
        />
      )}
      {known && rule.by !== 'names' && (
        <span className={styles.found} title={picked.map((c) => c.name).join(', ')}>
          {picked.length === 0
            ? t('inspector.picksNone')
            : `${t('inspector.picks', { count: picked.length })}: ${picked
                .slice(0, 4)
                .map((c) => c.name)
                .join(', ')}${picked.length > 4 ? ' …' : ''}`}
        </span>
      )}
    </div>
  );
}
