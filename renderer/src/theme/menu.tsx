import type { LucideIcon } from 'lucide-react';
import type { ReactElement, ReactNode } from 'react';
import {
  Dialog,
  DialogTrigger,
  Menu as AriaMenu,
  MenuItem,
  MenuTrigger,
  Popover as AriaPopover,
  Separator,
  type PopoverProps,
} from 'react-aria-components';
import { Icon } from './icon.tsx';
import { Kbd } from './kbd.tsx';
import styles from './menu.module.css';

export type MenuEntry =
  | {
      id: string;
      title: string;
      icon?: LucideIcon;
      shortcut?: string | undefined;
      about?: string;
      danger?: boolean;
      disabled?: boolean;
      run: () => void;
    }
  | 'separator';

export function MenuList({
  label,
  entries,
  onClose,
}: {
  label: string;
  entries: readonly MenuEntry[];
  onClose?: () => void;
}) {
  return (
    <AriaMenu aria-label={label} className={styles.list ?? ''} {...(onClose ? { onClose } : {})}>
      {entries.map((entry, index) =>
        entry === 'separator' ? (
          <Separator key={`separator ${index}`} className={styles.separator ?? ''} />
        ) : (
          <MenuItem
            key={entry.id}
            id={entry.id}
            textValue={entry.title}
            className={`${styles.item} ${entry.danger ? styles.danger : ''}`}
            isDisabled={entry.disabled ?? false}
            onAction={entry.run}
          >
            {entry.icon && <Icon of={entry.icon} size={14} />}
            <span className={styles.title}>{entry.title}</span>
            {entry.about && <span className={styles.about}>{entry.about}</span>}
            {entry.shortcut && <Kbd>{entry.shortcut}</Kbd>}
          </MenuItem>
        ),
      )}
    </AriaMenu>
  );
}

/** A menu that opens from its first child, a button. */
export function MenuButton({
  label,
  entries,
  children,
  placement,
}: {
  label: string;
  entries: readonly MenuEntry[];
  children: ReactElement;
  placement?: PopoverProps['placement'];
}) {
  return (
    <MenuTrigger>
      {children}
      <AriaPopover className={styles.popover ?? ''} offset={4} {...(placement ? { placement } : {})}>
        <MenuList label={label} entries={entries} />
      </AriaPopover>
    </MenuTrigger>
  );
}

/** A panel that opens from a button; `children` may close it. */
export function PopoverButton({
  label,
  trigger,
  children,
  placement,
  ...open
}: {
  label: string;
  trigger: ReactElement;
  children: (close: () => void) => ReactNode;
  placement?: PopoverProps['placement'];
  isOpen?: boolean;
  onOpenChange?: (isOpen: boolean) => void;
}) {
  return (
    <DialogTrigger {...open}>
      {trigger}
      <AriaPopover className={styles.popover ?? ''} offset={4} {...(placement ? { placement } : {})}>
        <Dialog aria-label={label} style={{ outline: 'none' }}>
          {({ close }) => children(close)}
        </Dialog>
      </AriaPopover>
    </DialogTrigger>
  );
}
