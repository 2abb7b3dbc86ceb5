import { Search, X } from 'lucide-react';
import {
  Button,
  FieldError,
  Input,
  Label,
  SearchField as AriaSearchField,
  Text,
  TextArea,
  TextField as AriaTextField,
  type SearchFieldProps as AriaSearchFieldProps,
  type TextFieldProps as AriaTextFieldProps,
} from 'react-aria-components';
import { t } from '../text/t.ts';
import styles from './field.module.css';
import { Icon } from './icon.tsx';

export interface FieldLook {
  label: string;
  layout?: 'row' | 'stack' | 'bare';
  help?: string | undefined;
  error?: string | undefined;
}
export const fieldClass = (layout: FieldLook['layout'], ...more: (string | undefined)[]): string =>
  [styles.field, layout === 'stack' ? styles.stack : layout === 'bare' ? styles.bare : '', ...more]
    .filter(Boolean)
    .join(' ');

export interface TextFieldProps extends FieldLook, Omit<AriaTextFieldProps, 'className' | 'children' | 'style'> {
  placeholder?: string | undefined;
  multiline?: boolean;
  mono?: boolean;
  inputRef?: React.Ref<HTMLInputElement>;
}

/** One line of text, or several with `multiline`. */
export function TextField({
  label,
  layout = 'row',
  help,
  error,
  placeholder,
  multiline,
  mono,
  inputRef,
  ...rest
}: TextFieldProps) {
  const font = mono ? styles.mono : undefined;
  return (
    <AriaTextField {...rest} isInvalid={error !== undefined} className={fieldClass(layout)}>
      <Label className={styles.label}>{label}</Label>
      {multiline ? (
        <div className={styles.area}>
          <TextArea className={[styles.textarea, font].join(' ')} placeholder={placeholder} rows={3} />
        </div>
      ) : (
        <div className={styles.box}>
          <Input ref={inputRef} className={[styles.input, font].join(' ')} placeholder={placeholder} />
        </div>
      )}
      {help && (
        <Text slot="description" className={styles.help}>
          {help}
        </Text>
      )}
      <FieldError className={styles.error ?? ''}>{error}</FieldError>
    </AriaTextField>
  );
}

export interface SearchFieldProps extends Omit<AriaSearchFieldProps, 'className' | 'children' | 'style'> {
  label: string;
  placeholder?: string;
  /** Something at the right end: the key that focuses the field. */
  tail?: React.ReactNode;
  inputRef?: React.Ref<HTMLInputElement>;
}

export function SearchField({ label, placeholder, tail, inputRef, ...rest }: SearchFieldProps) {
  return (
    <AriaSearchField {...rest} aria-label={label} className={fieldClass('bare')}>
      <div className={styles.box}>
        <Icon of={Search} size={14} className={styles.lead} />
        <Input ref={inputRef} className={styles.input} placeholder={placeholder} />
        <Button className={styles.clear ?? ''} aria-label={t('common.clear')}>
          <Icon of={X} size={12} />
        </Button>
        {tail && <span style={{ paddingRight: 6 }}>{tail}</span>}
      </div>
    </AriaSearchField>
  );
}
