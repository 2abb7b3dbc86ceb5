import { useEffect, useRef, type ReactNode } from 'react';
import { Dialog as AriaDialog, Heading, Modal, ModalOverlay } from 'react-aria-components';
import styles from './dialog.module.css';

export interface DialogProps {
  title: string;
  isOpen: boolean;
  onClose: () => void;
  children: ReactNode;
  footer?: ReactNode;
  wide?: boolean;
  /** An alert: it asks for a decision before anything else. */
  alert?: boolean;
}

/** The second press of a double press, on what had opened the dialog, is none beside it. */
const doublePressMs = 500;

/** A modal dialog, for decisions alone; settings never stand in one. */
export function Dialog({ title, isOpen, onClose, children, footer, wide, alert }: DialogProps) {
  const openedMs = useRef(0);
  useEffect(() => {
    if (isOpen) openedMs.current = performance.now();
  }, [isOpen]);
  return (
    <ModalOverlay
      className={styles.overlay ?? ''}
      isOpen={isOpen}
      onOpenChange={(open) => {
        if (!open) onClose();
      }}
      isDismissable={!alert}
      shouldCloseOnInteractOutside={() => performance.now() - openedMs.current > doublePressMs}
    >
      <Modal className={`${styles.modal} ${wide ? styles.wide : ''}`}>
        <AriaDialog className={styles.dialog ?? ''} role={alert ? 'alertdialog' : 'dialog'}>
          <Heading slot="title" className={styles.title ?? ''}>
            {title}
          </Heading>
          <div className={styles.body}>{children}</div>
          {footer && <div className={styles.footer}>{footer}</div>}
        </AriaDialog>
      </Modal>
    </ModalOverlay>
  );
}
