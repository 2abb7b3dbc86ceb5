import type { LucideIcon } from 'lucide-react';
import type { ReactNode } from 'react';
import {
  Button as AriaButton,
  ToggleButton as AriaToggle,
  type ButtonProps as AriaButtonProps,
  type ToggleButtonProps,
} from 'react-aria-components';
import styles from './button.module.css';
import { Icon } from './icon.tsx';
import { Tip } from './tip.tsx';

export type ButtonLook = 'plain' | 'primary' | 'quiet' | 'danger' | 'link';

export interface ButtonProps extends Omit<AriaButtonProps, 'className' | 'children' | 'style'> {
  look?: ButtonLook;
  size?: 'normal' | 'small';
  icon?: LucideIcon;
  iconSize?: number;
  solidIcon?: boolean;
  className?: string | undefined;
  children?: ReactNode;
}

const classes = (look: ButtonLook, size: 'normal' | 'small', more?: string, extra?: string): string =>
  [styles['button'], look === 'plain' ? '' : styles[look], size === 'small' ? styles['small'] : '', more, extra]
    .filter(Boolean)
    .join(' ');

export function Button({
  look = 'plain',
  size = 'normal',
  icon,
  iconSize = 14,
  solidIcon = false,
  className,
  children,
  ...rest
}: ButtonProps) {
  return (
    <AriaButton {...rest} className={classes(look, size, undefined, className)}>
      {icon && <Icon of={icon} size={iconSize} solid={solidIcon} />}
      {children}
    </AriaButton>
  );
}

export interface IconButtonProps extends Omit<ButtonProps, 'children' | 'icon' | 'aria-label'> {
  icon: LucideIcon;
  /** Its name, shown as a tip too. */
  label: string;
  /** Key shown in the tip. */
  shortcut?: string | undefined;
}

/** A square button with an icon: always named, with a tip. */
export function IconButton({
  icon,
  label,
  shortcut,
  look = 'quiet',
  size = 'normal',
  iconSize = 16,
  className,
  ...rest
}: IconButtonProps) {
  return (
    <Tip text={label} shortcut={shortcut}>
      <AriaButton {...rest} aria-label={label} className={classes(look, size, styles['icon'], className)}>
        <Icon of={icon} size={iconSize} />
      </AriaButton>
    </Tip>
  );
}

export interface IconToggleProps extends Omit<ToggleButtonProps, 'className' | 'children' | 'style'> {
  icon: LucideIcon;
  label: string;
  shortcut?: string | undefined;
  size?: 'normal' | 'small';
  iconSize?: number;
}

export function IconToggle({ icon, label, shortcut, size = 'normal', iconSize = 16, ...rest }: IconToggleProps) {
  return (
    <Tip text={label} shortcut={shortcut}>
      <AriaToggle {...rest} aria-label={label} className={classes('quiet', size, styles['icon'])}>
        <Icon of={icon} size={iconSize} />
      </AriaToggle>
    </Tip>
  );
}
