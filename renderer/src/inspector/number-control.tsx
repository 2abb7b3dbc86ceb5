import { useState, type CSSProperties } from 'react';
import { Button } from 'react-aria-components';
import { t } from '../text/t.ts';
import type { ControlProps } from './control.ts';
import styles from './controls.module.css';
import { fromSlider, parseNumber, stepBy, toSlider, type NumberRules } from './number-text.ts';

/** A number: typed, stepped by buttons and arrow keys, or slid. What is typed counts at once where it is a number. */
export function NumberControl({ field, value, onChange, label }: ControlProps) {
  const rules: NumberRules = {
    isInteger: field.isInteger,
    isNullable: field.isNullable,
    min: field.min,
    max: field.max,
    step: field.meta.step,
  };
  const number = typeof value === 'number' ? value : null;
  // What is being typed stands as long as it means the value, or is not yet a number; a value from elsewhere (undo, reset) replaces it.
  const [typed, setTyped] = useState<string | null>(null);
  const read = typed === null ? null : parseNumber(typed, rules);
  const text = typed === null || (read?.ok === true && read.value !== number) ? say(number) : typed;
  const parsed = parseNumber(text, rules);
  const type = (next: string): void => {
    setTyped(next);
    const meant = parseNumber(next, rules);
    if (meant.ok) onChange(meant.value);
  };
  const step = (steps: number): void => type(say(stepBy(number ?? field.min ?? 0, steps, rules)));
  const limit = !parsed.ok && parsed.why === 'too-small' ? field.min : field.max;
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
        inputMode="decimal"
        role="spinbutton"
        aria-valuenow={plainly(number)}
        aria-valuemin={plainly(field.min)}
        aria-valuemax={plainly(field.max)}
        value={text}
        placeholder={t('inspector.empty')}
        onChange={(event) => type(event.target.value)}
        onBlur={() => setTyped(null)}
        onKeyDown={(event) => {
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
      {!parsed.ok && (
        <span className={styles.error}>{t(`inspector.numberError.${parsed.why}`, { limit: String(limit ?? '') })}</span>
      )}
    </div>
  );
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
