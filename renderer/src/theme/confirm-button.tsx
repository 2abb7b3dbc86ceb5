import { useState, type ReactNode } from 'react';
import { t } from '../text/t.ts';
import { Button, IconButton, type ButtonProps } from './button.tsx';
import { Dialog } from './dialog.tsx';

export interface ConfirmButtonProps extends Omit<ButtonProps, 'onPress' | 'children'> {
  label: string;
  /** An icon alone, named by the label. */
  bare?: boolean;
  title: string;
  /** What is lost, and what stays. */
  children: ReactNode;
  /** What the answer says; default: the label. */
  answer?: string;
  onConfirm: () => void;
}

/** A button for what cannot be undone: it says what is lost, and asks. */
export function ConfirmButton({
  label,
  bare = false,
  title,
  children,
  answer,
  onConfirm,
  ...rest
}: ConfirmButtonProps) {
  const [asking, setAsking] = useState(false);
  const { icon, ...look } = rest;
  return (
    <>
      {bare && icon ? (
        <IconButton {...look} icon={icon} label={label} onPress={() => setAsking(true)} />
      ) : (
        <Button {...rest} onPress={() => setAsking(true)}>
          {label}
        </Button>
      )}
      <Dialog
        title={title}
        isOpen={asking}
        alert
        onClose={() => setAsking(false)}
        footer={
          <>
            <Button autoFocus onPress={() => setAsking(false)}>
              {t('common.cancel')}
            </Button>
            <Button
              look="danger"
              icon={icon}
              onPress={() => {
                setAsking(false);
                onConfirm();
              }}
            >
              {answer ?? label}
            </Button>
          </>
        }
      >
        <p>{children}</p>
      </Dialog>
    </>
  );
}
