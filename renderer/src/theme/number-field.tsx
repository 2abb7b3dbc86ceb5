import { use, useEffect, useId, useRef, useState } from 'react';
import {
  Button,
  Input,
  Label,
  NumberField as AriaNumberField,
  NumberFieldStateContext,
  type NumberFieldProps as AriaNumberFieldProps,
} from 'react-aria-components';
import { announce } from './announce.ts';
import { sayCorrection, type CorrectedNumber } from '../text/corrected-number.ts';
import { fieldClass, type FieldLook } from './text-field.tsx';
import styles from './field.module.css';

export interface NumberFieldProps extends FieldLook, Omit<AriaNumberFieldProps, 'className' | 'children' | 'style'> {
  unit?: string | undefined;
  placeholder?: string | undefined;
}

const plain: Intl.NumberFormatOptions = { useGrouping: false, maximumFractionDigits: 10 };

/** A number with steps by buttons and arrow keys; `NaN` is "empty". */
export function NumberField({
  label,
  layout = 'row',
  help,
  error,
  unit,
  placeholder,
  formatOptions = plain,
  ...rest
}: NumberFieldProps) {
  return (
    <AriaNumberField
      {...rest}
      formatOptions={formatOptions}
      isInvalid={error !== undefined}
      className={fieldClass(layout, styles.number)}
    >
      <Label className={styles.label}>{label}</Label>
      <NumberBox unit={unit} placeholder={placeholder} help={help} error={error} />
    </AriaNumberField>
  );
}

/** The box, and below it what the field holds where that is not what was typed: React Aria puts such a number right without a word. */
function NumberBox({
  unit,
  placeholder,
  help,
  error,
}: Pick<NumberFieldProps, 'unit' | 'placeholder' | 'help' | 'error'>) {
  const state = use(NumberFieldStateContext);
  const box = useRef<HTMLDivElement>(null);
  const id = useId();
  const [note, setNote] = useState<string>();
  const latest = useRef(state);
  useEffect(() => {
    latest.current = state;
  }, [state]);
  // It refuses letters before they are in the field: they are heard on their way down to it.
  useEffect(() => {
    const element = box.current;
    const hear = (event: InputEvent): void => {
      if (!(event.target instanceof HTMLInputElement) || state === null) return;
      const { value, selectionStart, selectionEnd } = event.target;
      const typed = event.data ?? event.dataTransfer?.getData('text/plain') ?? '';
      const next = value.slice(0, selectionStart ?? 0) + typed + value.slice(selectionEnd ?? value.length);
      setNote(
        state.validate(next)
          ? undefined
          : sayCorrection(next, { value: orNull(state.numberValue), why: 'not-a-number' }),
      );
    };
    element?.addEventListener('beforeinput', hear, true);
    return () => element?.removeEventListener('beforeinput', hear, true);
  }, [state]);
  /** Called with what was typed still in the field: a moment later React Aria has put it right. */
  const leave = (): void => {
    if (state === null || state.inputValue === '') return;
    const { inputValue, numberValue } = state;
    setTimeout(() => {
      if (latest.current === null) return;
      const said = sayCorrection(inputValue, heldFor(numberValue, latest.current));
      if (said === undefined) return;
      announce(said);
      setNote(said);
    });
  };
  const forget = (): void => setNote(undefined);
  const below = [
    { id: `${id}-note`, text: note, look: styles.held },
    { id: `${id}-help`, text: help, look: styles.help },
    { id: `${id}-error`, text: error, look: styles.error },
  ].filter(({ text }) => text !== undefined && text !== '');
  return (
    <>
      <div
        ref={box}
        className={styles.box}
        onBlurCapture={leave}
        onKeyDownCapture={(event) => {
          if (event.key === 'Enter') leave();
        }}
      >
        <Button slot="decrement" className={styles.step ?? ''} onPress={forget}>
          −
        </Button>
        <Input
          className={styles.input}
          placeholder={placeholder}
          aria-describedby={below.length === 0 ? undefined : below.map((one) => one.id).join(' ')}
        />
        {unit && <span className={styles.unit}>{unit}</span>}
        <Button slot="increment" className={styles.step ?? ''} onPress={forget}>
          +
        </Button>
      </div>
      {below.map((one) => (
        <span key={one.id} id={one.id} className={one.look}>
          {one.text}
        </span>
      ))}
    </>
  );
}

const orNull = (value: number): number | null => (Number.isNaN(value) ? null : value);

type FieldState = NonNullable<React.ContextType<typeof NumberFieldStateContext>>;
/** What the field holds now, and why not the number that was in it. */
function heldFor(typed: number, { numberValue, minValue, maxValue }: FieldState): CorrectedNumber {
  const value = orNull(numberValue);
  if (Object.is(typed, numberValue)) return Number.isNaN(typed) ? { value, why: 'not-a-number' } : { value };
  if (minValue !== undefined && typed < minValue) return { value, why: 'too-small' };
  if (maxValue !== undefined && typed > maxValue) return { value, why: 'too-large' };
  return { value, why: Number.isNaN(typed) ? 'not-a-number' : 'rounded' };
}
