import { Check, ChevronDown, Minus } from 'lucide-react';
import type { ReactNode } from 'react';
import {
  Button,
  Checkbox as AriaCheckbox,
  Label,
  ListBox,
  ListBoxItem,
  Popover,
  Radio,
  RadioGroup,
  Select as AriaSelect,
  SelectValue,
  Switch as AriaSwitch,
  Text,
  type CheckboxProps,
  type SwitchProps,
} from 'react-aria-components';
import styles from './field.module.css';
import { Icon } from './icon.tsx';
import menu from './menu.module.css';
import { fieldClass, type FieldLook } from './text-field.tsx';

export interface Option {
  id: string;
  title: string;
  /** A second line or a note at the right. */
  about?: string | undefined;
  icon?: ReactNode;
}
export interface SelectProps extends FieldLook {
  options: readonly Option[];
  value: string | null;
  onChange: (id: string) => void;
  placeholder?: string | undefined;
  isDisabled?: boolean;
  autoFocus?: boolean;
}

/** One of a closed list, in a popup. */
export function Select({
  label,
  layout = 'row',
  help,
  error,
  options,
  value,
  onChange,
  placeholder,
  isDisabled,
  autoFocus,
}: SelectProps) {
  return (
    <AriaSelect
      className={fieldClass(layout)}
      value={value}
      onChange={(key) => {
        if (key !== null) onChange(String(key));
      }}
      isInvalid={error !== undefined}
      isDisabled={isDisabled ?? false}
      {...(placeholder === undefined ? {} : { placeholder })}
      {...(autoFocus ? { autoFocus } : {})}
    >
      <Label className={styles.label}>{label}</Label>
      <Button className={styles.select ?? ''}>
        <SelectValue className={styles.value ?? ''}>
          {({ isPlaceholder, selectedText, defaultChildren }) =>
            isPlaceholder ? defaultChildren : <span title={selectedText}>{selectedText}</span>
          }
        </SelectValue>
        <Icon of={ChevronDown} size={12} className={styles.chevron} />
      </Button>
      {help && (
        <Text slot="description" className={styles.help}>
          {help}
        </Text>
      )}
      {error && <span className={styles.error}>{error}</span>}
      <Popover className={menu.popover ?? ''} offset={4}>
        <ListBox className={menu.list ?? ''} items={options}>
          {(option) => (
            <ListBoxItem className={menu.item ?? ''} textValue={option.title} id={option.id}>
              {option.icon}
              <span className={menu.title}>{option.title}</span>
              {option.about && <span className={menu.about}>{option.about}</span>}
            </ListBoxItem>
          )}
        </ListBox>
      </Popover>
    </AriaSelect>
  );
}

export interface SegmentedProps {
  label: string;
  options: readonly { id: string; title: ReactNode; label?: string }[];
  value: string;
  onChange: (id: string) => void;
}

/** One of two to four short choices, side by side. */
export function Segmented({ label, options, value, onChange }: SegmentedProps) {
  return (
    <RadioGroup
      aria-label={label}
      orientation="horizontal"
      className={styles.segments ?? ''}
      value={value}
      onChange={onChange}
    >
      {options.map((option) => (
        <Radio
          key={option.id}
          value={option.id}
          className={styles.segment ?? ''}
          {...(option.label ? { 'aria-label': option.label } : {})}
        >
          {option.title}
        </Radio>
      ))}
    </RadioGroup>
  );
}

export function Switch({ children, ...rest }: Omit<SwitchProps, 'className' | 'children'> & { children?: ReactNode }) {
  return (
    <AriaSwitch {...rest} className={styles.switch ?? ''}>
      <span className={styles.track} />
      {children}
    </AriaSwitch>
  );
}

export function Checkbox({
  children,
  ...rest
}: Omit<CheckboxProps, 'className' | 'children'> & { children?: ReactNode }) {
  return (
    <AriaCheckbox {...rest} className={styles.check ?? ''}>
      {({ isIndeterminate }) => (
        <>
          <span className={styles.mark}>
            <Icon of={isIndeterminate ? Minus : Check} size={10} stroke={2} />
          </span>
          {children}
        </>
      )}
    </AriaCheckbox>
  );
}
