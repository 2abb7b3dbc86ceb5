import {
  Button,
  FieldError,
  Input,
  Label,
  NumberField as AriaNumberField,
  Slider,
  SliderThumb,
  SliderTrack,
  Text,
  type NumberFieldProps as AriaNumberFieldProps,
} from 'react-aria-components';
import { fieldClass, type FieldLook } from './text-field.tsx';
import styles from './field.module.css';

export interface NumberFieldProps extends FieldLook, Omit<AriaNumberFieldProps, 'className' | 'children' | 'style'> {
  unit?: string | undefined;
  placeholder?: string | undefined;
}

const plain: Intl.NumberFormatOptions = { useGrouping: false, maximumFractionDigits: 10 };

function NumberBox({
  unit,
  placeholder,
  stepper = true,
}: {
  unit?: string | undefined;
  placeholder?: string | undefined;
  stepper?: boolean;
}) {
  return (
    <div className={styles.box}>
      {stepper && (
        <Button slot="decrement" className={styles.step ?? ''}>
          −
        </Button>
      )}
      <Input className={styles.input} placeholder={placeholder} />
      {unit && <span className={styles.unit}>{unit}</span>}
      {stepper && (
        <Button slot="increment" className={styles.step ?? ''}>
          +
        </Button>
      )}
    </div>
  );
}

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
      <NumberBox unit={unit} placeholder={placeholder} />
      {help && (
        <Text slot="description" className={styles.help}>
          {help}
        </Text>
      )}
      <FieldError className={styles.error ?? ''}>{error}</FieldError>
    </AriaNumberField>
  );
}

export interface SliderFieldProps extends FieldLook {
  value: number;
  onChange: (value: number) => void;
  minValue: number;
  maxValue: number;
  step?: number | undefined;
  unit?: string | undefined;
  formatOptions?: Intl.NumberFormatOptions;
  isDisabled?: boolean;
}

/** A slider with the number beside it: both set the same value. */
export function SliderField({
  label,
  layout = 'row',
  help,
  error,
  value,
  onChange,
  minValue,
  maxValue,
  step,
  unit,
  formatOptions = plain,
  isDisabled,
}: SliderFieldProps) {
  const share = Math.min(1, Math.max(0, (value - minValue) / (maxValue - minValue || 1)));
  return (
    <div className={fieldClass(layout, styles.number)} data-invalid={error === undefined ? undefined : true}>
      <span className={styles.label} aria-hidden>
        {label}
      </span>
      <div className={styles.sliderRow}>
        <Slider
          className={styles.slide ?? ''}
          aria-label={label}
          value={value}
          onChange={(v) => onChange(Array.isArray(v) ? (v[0] ?? minValue) : v)}
          minValue={minValue}
          maxValue={maxValue}
          step={step ?? (maxValue - minValue) / 100}
          isDisabled={isDisabled ?? false}
        >
          <SliderTrack className={styles.rail ?? ''}>
            <span className={styles.fill} style={{ width: `${share * 100}%` }} />
            <SliderThumb className={styles.thumb ?? ''} />
          </SliderTrack>
        </Slider>
        <AriaNumberField
          aria-label={label}
          className={styles.slideValue ?? ''}
          value={value}
          onChange={onChange}
          minValue={minValue}
          maxValue={maxValue}
          {...(step === undefined ? {} : { step })}
          formatOptions={formatOptions}
          isDisabled={isDisabled ?? false}
        >
          <NumberBox unit={unit} stepper={false} />
        </AriaNumberField>
      </div>
      {help && <span className={styles.help}>{help}</span>}
      {error && <span className={styles.error}>{error}</span>}
    </div>
  );
}
