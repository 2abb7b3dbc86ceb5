import { CircleHelp, Ellipsis, Link2, Link2Off, RotateCcw, Terminal } from 'lucide-react';
import { useEffect, useRef } from 'react';
import type { Problem } from '../../../shared/errors.ts';
import { isReference, referenceTo } from '../../../shared/pipeline/parameters.ts';
import type { RunParameter } from '../../../shared/pipeline/file.ts';
import { changeParam, performFix, setRunParameterFrom } from '../state/documents/commands.ts';
import { useView } from '../state/window/view.ts';
import { t } from '../text/t.ts';
import { Button, IconButton } from '../theme/button.tsx';
import { Icon } from '../theme/icon.tsx';
import { MenuButton, type MenuEntry } from '../theme/menu.tsx';
import { Tip } from '../theme/tip.tsx';
import { asText, type Json } from './control.ts';
import controls from './controls.module.css';
import { FieldControl } from './field-control.tsx';
import { sameValue, type FormField } from './form-field.ts';
import styles from './field-row.module.css';

interface FieldRowProps {
  node: string;
  field: FormField;
  /** What the file says; undefined: the default holds. */
  stored: Json | undefined;
  problems: readonly Problem[];
}
const tallWidgets = new Set(['expression', 'sql', 'rules', 'map', 'texts', 'columns', 'multiline', 'layers']);

/** One parameter: its name with help, its control, what differs from the default, and what is wrong with it. */
export function FieldRow({ node, field, stored, problems }: FieldRowProps) {
  const box = useRef<HTMLDivElement>(null);
  const isFocus = useView(
    (s) => s.focusParam !== null && s.focusParam.node === node && s.focusParam.param === field.name,
  );
  useEffect(() => {
    if (!isFocus) return;
    box.current?.scrollIntoView({ block: 'center' });
    box.current?.querySelector<HTMLElement>('input, button, textarea, [contenteditable=true]')?.focus();
    const timer = setTimeout(() => useView.setState({ focusParam: null }), 2500);
    return () => clearTimeout(timer);
  }, [isFocus]);

  const { title } = field.meta;
  const value = stored === undefined ? field.default : stored;
  const isChanged = stored !== undefined && !sameValue(stored, field.default);
  const isLinked = isReference(value);
  const parsed = isLinked || stored === undefined ? undefined : field.schema.safeParse(stored);
  const invalid = parsed?.success === false ? parsed.error.issues[0]?.message : undefined;
  const change = (next: Json): void => changeParam(node, field.name, sameValue(next, field.default) ? undefined : next);
  return (
    <div
      ref={box}
      className={styles.field}
      data-tall={tallWidgets.has(field.meta.widget) || undefined}
      data-changed={isChanged || undefined}
      data-focus={isFocus || undefined}
      data-param={field.name}
    >
      <div className={styles.label} data-field-label>
        <Tip text={field.meta.help}>
          <Button
            look="link"
            className={styles.help}
            excludeFromTabOrder
            aria-label={t('inspector.help', { field: title })}
          >
            <span style={{ color: 'var(--t2)', fontWeight: 400, whiteSpace: 'normal', textAlign: 'left' }}>
              {title}
            </span>
          </Button>
        </Tip>
        <MenuButton
          label={t('inspector.fieldMenu', { field: title })}
          entries={menuOf({ node, field, value, isChanged, isLinked })}
        >
          <IconButton size="small" icon={Ellipsis} iconSize={13} label={t('inspector.fieldMenu', { field: title })} />
        </MenuButton>
      </div>
      <div>
        {isLinked ? (
          <Linked name={value.slice(1)} onUnlink={() => changeParam(node, field.name, undefined)} />
        ) : (
          <FieldControl
            field={field}
            value={unescape(value)}
            node={node}
            label={title}
            onChange={(next) => change(escape(next))}
          />
        )}
        {isChanged && !isLinked && isShort(field.default) && (
          <span className={styles.under}>{t('inspector.was', { value: sayValue(field, field.default) })}</span>
        )}
        {invalid !== undefined && (
          <span className={styles.under} data-tone="bad">
            {invalid}
          </span>
        )}
        <Problems problems={problems} />
      </div>
    </div>
  );
}

/** In the place of the control: the run parameter that gives the value. */
function Linked({ name, onUnlink }: { name: string; onUnlink: () => void }) {
  return (
    <div className={controls.linked}>
      <Icon of={Link2} size={13} />
      <span>{t('inspector.linked', { name })}</span>
      <IconButton size="small" icon={Link2Off} iconSize={13} label={t('inspector.unlink')} onPress={onUnlink} />
    </div>
  );
}

function Problems({ problems }: { problems: readonly Problem[] }) {
  return problems.map((problem) => (
    <span
      key={problem.code + problem.message}
      className={styles.under}
      data-tone={problem.severity === 'error' ? 'bad' : 'warn'}
      role="note"
    >
      {problem.message} {problem.mend}
      <Fixes problem={problem} />
    </span>
  ));
}

export function Fixes({ problem }: { problem: Problem }) {
  if (problem.fixes === undefined || problem.fixes.length === 0) return null;
  return (
    <span className={styles.fixes}>
      {problem.fixes.map((fix) => (
        <Button key={fix.title} look="link" onPress={() => performFix(fix)}>
          {fix.title}
        </Button>
      ))}
    </span>
  );
}

function menuOf({
  node,
  field,
  value,
  isChanged,
  isLinked,
}: {
  node: string;
  field: FormField;
  value: unknown;
  isChanged: boolean;
  isLinked: boolean;
}): MenuEntry[] {
  const reset: MenuEntry = {
    id: 'reset',
    title: isShort(field.default)
      ? t('inspector.reset', { value: sayValue(field, field.default) })
      : t('inspector.resetEmpty'),
    icon: RotateCcw,
    disabled: !isChanged,
    run: () => changeParam(node, field.name, undefined),
  };
  const parameter = parameterFor(field, value);
  return [
    reset,
    isLinked
      ? {
          id: 'unlink',
          title: t('inspector.unlink'),
          icon: Link2Off,
          run: () => changeParam(node, field.name, undefined),
        }
      : {
          id: 'link',
          title: t('inspector.makeParameter'),
          icon: Link2,
          disabled: parameter === undefined,
          run: () => parameter && setRunParameterFrom(node, field.name, parameter, referenceTo),
        },
    {
      id: 'copy',
      title: t('inspector.copyAddress'),
      icon: Terminal,
      run: () =>
        void navigator.clipboard?.writeText(
          `--set ${node}.${field.name}=${typeof value === 'string' ? value : JSON.stringify(value)}`,
        ),
    },
    { id: 'help', title: field.meta.help, icon: CircleHelp, disabled: true, run: () => undefined },
  ];
}

/** The run parameter that a field can become; lists and rules cannot. */
function parameterFor(field: FormField, value: unknown): RunParameter | undefined {
  const help = field.meta.help;
  switch (field.meta.widget) {
    case 'number':
      return typeof value === 'number' ? { type: 'number', default: value, help } : undefined;
    case 'integer':
      return typeof value === 'number' ? { type: 'integer', default: value, help } : undefined;
    case 'switch':
      return { type: 'boolean', default: value === true, help };
    case 'choice':
      return { type: 'choice', default: asText(value), choices: field.choices.map((c) => c.value), help };
    case 'file':
      return { type: 'file', default: asText(value), help };
    case 'column':
      return { type: 'column', default: asText(value), help };
    case 'text':
    case 'multiline':
    case 'expression':
    case 'sql':
      return { type: 'text', default: asText(value), help };
    default:
      return undefined;
  }
}

/** A text that begins with "=" would be taken for a run parameter: it is doubled in the file, and single in the field. */
const escape = (value: Json): Json => (typeof value === 'string' && value.startsWith('=') ? `=${value}` : value);
const unescape = (value: unknown): unknown =>
  typeof value === 'string' && value.startsWith('==') ? value.slice(1) : value;

const isShort = (value: unknown): boolean =>
  (typeof value === 'string' && value !== '' && value.length < 28) ||
  typeof value === 'number' ||
  typeof value === 'boolean';
const sayValue = (field: FormField, value: unknown): string =>
  field.choices.find((c) => c.value === value)?.title ?? asText(value);
