import { useId, useRef, useState, type CSSProperties } from 'react';
import { Button } from 'react-aria-components';
import { announce } from '../theme/announce.ts';
import { inFull, sayCorrection } from '../text/corrected-number.ts';
import { t } from '../text/t.ts';
import type { ControlProps } from './control.ts';
import styles from './controls.module.css';
import { fromSlider, correctNumber, parseNumber, stepBy, toSlider, type NumberRules } from './number-text.ts';

/**
 * A number: typed, stepped by buttons and arrow keys, or slid. What is typed counts at once; where it cannot be, the field says what holds instead,
 * also after it was left.
 */
// Over 80 lines: one number, typed, stepped and dragged.
export function NumberControl({ field, value, onChange, label, node }: ControlProps) {
  const rules: NumberRules = {
    isInteger: field.isInteger,
    isNullable: field.isNullable,
    min: field.min,
    max: field.max,
    step: field.meta.step,
  };
  const number = typeof value === 'number' ? value : null;
  const noteId = useId();
  const before = useRef(number);
  // What was typed stands, and what is said of it, as long as the setting has what it gave; a value from elsewhere (undo, reset) replaces it.
  const [entry, setEntry] = useState<Entry | null>(null);
  const current = entry !== null && entry.node === node && entry.gave === number ? entry : null;
  const text = current?.text ?? say(number);
  const parsed = parseNumber(text, rules);
  const limit = !parsed.ok && parsed.why === 'too-small' ? field.min : field.max;
  const note =
    current?.note ??
    (parsed.ok
      ? undefined
      : t(`inspector.numberError.${parsed.why}`, { limit: limit === undefined ? '' : inFull(limit) }));
  const type = (next: string): void => {
    const held = correctNumber(next, rules, before.current);
    setEntry({ node, text: next, gave: held.value, note: sayCorrection(next, held) });
    if (held.value !== number) onChange(held.value);
  };
  const leave = (): void => {
    if (current?.note !== undefined) announce(current.note);
    setEntry(current && { ...current, text: say(current.gave) });
    before.current = number;
  };
  const step = (steps: number): void => type(say(stepBy(number ?? field.min ?? 0, steps, rules)));
  const box = (
    <div className={styles.number} data-invalid={!parsed.ok || undefined}>
      {!field.meta.slider && (
        <Button aria-label={`${label}: ${t('inspector.less')}`} excludeFromTabOrder onPress={() => step(-1)}>
          −
        </Button>
      )}
      <input
        aria-label={label}
        aria-invalid={!parsed.ok}
        aria-describedby={note === undefined ? undefined : noteId}
        inputMode="decimal"
        role="spinbutton"
        aria-valuenow={plainly(number)}
        aria-valuemin={plainly(field.min)}
        aria-valuemax={plainly(field.max)}
        value={text}
        placeholder={t('inspector.empty')}
        onChange={(event) => type(event.target.value)}
        onFocus={() => {
          before.current = number;
        }}
        onBlur={leave}
        onKeyDown={(event) => {
          if (event.key === 'Enter') leave();
          const steps = { ArrowUp: 1, ArrowDown: -1, PageUp: 10, PageDown: -10 }[event.key];
          if (steps === undefined) return;
          event.preventDefault();
          step(steps);
        }}
      />
      {field.meta.unit && <span className={styles.unit}>{field.meta.unit}&nbsp;</span>}
      {!field.meta.slider && (
        <Button aria-label={`${label}: ${t('inspector.more')}`} excludeFromTabOrder onPress={() => step(1)}>
          +
        </Button>
      )}
    </div>
  );
  const hasSlider = field.meta.slider === true && field.min !== undefined && field.max !== undefined;
  return (
    <div className={styles.stack}>
      {hasSlider ? (
        <div className={styles.slider}>
          <Range
            label={label}
            value={number ?? field.min ?? 0}
            min={field.min ?? 0}
            max={field.max ?? 1}
            rules={rules}
            onChange={(next) => type(say(next))}
          />
          {box}
        </div>
      ) : (
        box
      )}
      {note !== undefined && (
        <span id={noteId} className={parsed.ok ? styles.held : styles.error} data-held-note>
          {note}
        </span>
      )}
    </div>
  );
}

interface Entry {
  node: string;
  text: string;
  /** What the setting got. */
  gave: number | null;
  /** That this is not what was typed. */
  note: string | undefined;
}

function Range({
  label,
  value,
  min,
  max,
  rules,
  onChange,
}: {
  label: string;
  value: number;
  min: number;
  max: number;
  rules: NumberRules;
  onChange: (value: number) => void;
}) {
  const part = toSlider(value, min, max);
  const style: CSSProperties & { '--part': number } = { '--part': part };
  return (
    <input
      type="range"
      className={styles.range}
      style={style}
      aria-label={label}
      aria-valuetext={say(value)}
      min={0}
      max={1}
      step={0.005}
      value={part}
      onChange={(event) => onChange(fromSlider(Number(event.target.value), min, max, rules))}
    />
  );
}

/** Assistive technology reads digits, not `1e-7`: such a limit is left unsaid. */
const plainly = (value: number | null | undefined): number | undefined =>
  value === null || value === undefined || String(value).includes('e') ? undefined : value;
const say = (value: number | null): string => (value === null ? '' : String(value));
