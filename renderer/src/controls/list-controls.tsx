import { Plus, Trash2, X } from 'lucide-react';
import { useEffect, useRef, useState } from 'react';
import { Button as AriaButton } from 'react-aria-components';
import { t } from '../text/t.ts';
import { Button, IconButton } from '../theme/button.tsx';
import { Icon } from '../theme/icon.tsx';
import { TextField } from '../theme/text-field.tsx';
import { asTexts, type ControlProps, type Json, type NestingControlProps } from './control.ts';
import styles from './controls.module.css';
import type { FormField } from './form-field.ts';
import { ColumnControl } from './column-controls.tsx';

type Record_ = Readonly<Record<string, Json>>;
const isRecord = (value: unknown): value is Record_ =>
  value !== null && typeof value === 'object' && !Array.isArray(value);

/** A list of small records, each with its own fields. */
export function RulesControl({ field, value, onChange, node, label, Nested }: NestingControlProps) {
  const rows = Array.isArray(value) ? value.filter(isRecord) : [];
  const replace = (index: number, row: Record_ | null): void =>
    onChange(rows.flatMap((old, i) => (i === index ? (row === null ? [] : [row]) : [old])));
  const addLabel = typeof field.meta['addLabel'] === 'string' ? field.meta['addLabel'] : t('inspector.addRow');
  const stack = useRef<HTMLDivElement>(null);
  const added = useRef(false);
  // Who adds a record fills it next.
  useEffect(() => {
    if (!added.current) return;
    added.current = false;
    const last = [...(stack.current?.querySelectorAll('[data-rule]') ?? [])].at(-1);
    last?.querySelector<HTMLElement>('input, button, [contenteditable=true]')?.focus();
  }, [rows.length]);
  return (
    <div className={styles.stack} ref={stack}>
      {rows.map((row, index) => (
        <div key={index} className={styles.rule} data-rule role="group" aria-label={`${label} ${index + 1}`}>
          {field.items.map((item) => (
            <div key={item.name} className={styles.ruleField} data-tall={isTall(item) || undefined}>
              <span aria-hidden>{item.meta.title}</span>
              <Nested
                field={item}
                value={row[item.name] ?? item.default}
                node={node}
                label={`${item.meta.title}, ${label} ${index + 1}`}
                onChange={(next) => replace(index, { ...row, [item.name]: next })}
              />
            </div>
          ))}
          <div className={styles.ruleTools}>
            <IconButton
              size="small"
              icon={Trash2}
              iconSize={13}
              label={t('inspector.removeRow')}
              onPress={() => replace(index, null)}
            />
          </div>
        </div>
      ))}
      <Button
        size="small"
        icon={Plus}
        iconSize={12}
        onPress={() => {
          added.current = true;
          onChange([...rows, newRow(field.items)]);
        }}
      >
        {addLabel}
      </Button>
    </div>
  );
}

const isTall = (item: FormField): boolean =>
  item.meta.widget === 'expression' ||
  item.meta.widget === 'sql' ||
  item.meta.widget === 'columns' ||
  item.meta.widget === 'multiline';
const newRow = (items: readonly FormField[]): Record<string, Json> =>
  Object.fromEntries(items.map((item): [string, Json] => [item.name, JSON.parse(JSON.stringify(item.default ?? ''))]));

/** Names with a value each, such as a new name or a type. */
export function MapControl({ field, value, onChange, node, label, Nested }: NestingControlProps) {
  const entries = isRecord(value) ? Object.entries(value) : [];
  const valueField = field.valueField;
  const [draft, setDraft] = useState('');
  const keyField: FormField = {
    ...field,
    meta: { ...field.meta, widget: 'column' },
    choices: [],
    items: [],
    valueField: null,
  };
  const byColumn = field.meta['keys'] !== 'text' && field.meta.port !== '';
  const add = (name: string): void => {
    if (name.trim() === '' || entries.some(([key]) => key === name.trim())) return;
    const first: Json =
      valueField?.choices[0]?.value ??
      (valueField?.meta.widget === 'number' ? 0 : valueField?.meta.widget === 'switch' ? false : name.trim());
    onChange(Object.fromEntries([...entries, [name.trim(), first]]));
    setDraft('');
  };
  return (
    <div className={styles.stack}>
      {entries.map(([name, held]) => (
        <div key={name} className={styles.pair}>
          <span className={styles.found}>{name}</span>
          {valueField ? (
            <Nested
              field={valueField}
              value={held}
              node={node}
              label={`${label}: ${name}`}
              onChange={(next) =>
                onChange(Object.fromEntries(entries.map(([key, old]) => [key, key === name ? next : old])))
              }
            />
          ) : (
            <span />
          )}
          <IconButton
            size="small"
            icon={Trash2}
            iconSize={13}
            label={`${t('inspector.removeRow')} ${name}`}
            onPress={() => onChange(Object.fromEntries(entries.filter(([key]) => key !== name)))}
          />
        </div>
      ))}
      {byColumn ? (
        <ColumnControl
          field={keyField}
          value=""
          node={node}
          label={`${label}: ${t('inspector.addRow')}`}
          onChange={(name) => add(String(name))}
        />
      ) : (
        <AddWord
          label={`${label}: ${t('inspector.addRow')}`}
          placeholder={field.meta['keys'] === 'text' ? t('inspector.addText') : t('inspector.addKey')}
          draft={draft}
          setDraft={setDraft}
          add={add}
        />
      )}
    </div>
  );
}

/** A list of words, as chips. */
export function TextsControl({ value, onChange, label }: ControlProps) {
  const texts = asTexts(value);
  const [draft, setDraft] = useState('');
  const add = (text: string): void => {
    if (!texts.includes(text)) onChange([...texts, text]);
    setDraft('');
  };
  return (
    <div className={styles.stack}>
      <div className={styles.chips}>
        {texts.map((text, index) => (
          <span key={text} className={styles.chip}>
            <span>{text === '' ? t('inspector.empty') : text}</span>
            <AriaButton
              aria-label={`${t('inspector.removeRow')} ${text === '' ? t('inspector.empty') : text}, ${label}`}
              onPress={() => onChange(texts.filter((_, i) => i !== index))}
            >
              <Icon of={X} size={11} />
            </AriaButton>
          </span>
        ))}
      </div>
      <AddWord
        label={t('inspector.addText')}
        placeholder={t('inspector.addText')}
        draft={draft}
        setDraft={setDraft}
        add={add}
      />
    </div>
  );
}

function AddWord({
  label,
  placeholder,
  draft,
  setDraft,
  add,
}: {
  label: string;
  placeholder: string;
  draft: string;
  setDraft: (text: string) => void;
  add: (text: string) => void;
}) {
  return (
    <div className={styles.row}>
      <TextField
        label={label}
        layout="bare"
        placeholder={placeholder}
        value={draft}
        onChange={setDraft}
        onKeyDown={(event) => {
          if (event.key === 'Enter' && draft !== '') add(draft);
          else event.continuePropagation();
        }}
      />
      <IconButton
        size="small"
        icon={Plus}
        iconSize={13}
        label={label}
        isDisabled={draft === ''}
        onPress={() => add(draft)}
      />
    </div>
  );
}
