import { Copy, FolderOpen, Link, Save, SaveAll, X } from 'lucide-react';
import { useRef } from 'react';
import { createPortal } from 'react-dom';
import { Popover } from 'react-aria-components';
import { shortcutOf } from '../../actions/registry.ts';
import { documentOf, useDocuments } from '../../state/documents/documents.ts';
import { requestClose, save } from '../../state/files/files.ts';
import { useOverlay } from '../../state/window/overlay.ts';
import { closeOthers, duplicate } from '../../state/files/tabs.ts';
import { toast, toastProblem } from '../../state/window/toasts.ts';
import { toProblem } from '../../../../shared/errors.ts';
import { t } from '../../text/t.ts';
import { MenuList, type MenuEntry } from '../../theme/menu.tsx';
import menu from '../../theme/menu.module.css';

interface TabMenuProps {
  draft: string;
  title: string;
  x: number;
  y: number;
  onClose: () => void;
}

/** What can be done with a tab, where it was pressed. */
export default function TabMenu({ draft, title, x, y, onClose }: TabMenuProps) {
  const anchor = useRef<HTMLSpanElement>(null);
  return (
    <>
      {createPortal(
        <span ref={anchor} style={{ position: 'fixed', left: x, top: y, width: 1, height: 1 }} />,
        document.body,
      )}
      <Popover
        triggerRef={anchor}
        isOpen
        onOpenChange={(stays) => !stays && onClose()}
        placement="bottom start"
        offset={2}
        className={menu.popover ?? ''}
      >
        <MenuList label={t('app.tab.menu', { title })} entries={entriesOf(draft)} onClose={onClose} />
      </Popover>
    </>
  );
}

function entriesOf(draft: string): MenuEntry[] {
  const path = documentOf(draft)?.path ?? null;
  const isFront = useDocuments.getState().active === draft;
  // Keys act on the tab in front.
  const key = (id: string): { shortcut?: string | undefined } => (isFront ? { shortcut: shortcutOf(id) } : {});
  // The menu gives the focus back first: what is opened then keeps it.
  const after = (run: () => void) => (): void => void setTimeout(run);
  const shell = window.flowyardShell;
  return [
    { id: 'save', title: t('actions.save'), icon: Save, ...key('file.save'), run: after(() => void save(draft)) },
    {
      id: 'save-as',
      title: t('actions.saveAs'),
      icon: SaveAll,
      ...key('file.save-as'),
      run: after(() => useOverlay.setState({ open: { name: 'save-as', draft } })),
    },
    { id: 'duplicate', title: t('app.tab.duplicate'), icon: Copy, run: after(() => duplicate(draft)) },
    shell === undefined
      ? {
          id: 'path',
          title: t('app.tab.copyPath'),
          icon: Link,
          disabled: path === null,
          run: after(() => copyPath(path)),
        }
      : {
          id: 'reveal',
          title: t('app.tab.reveal'),
          icon: FolderOpen,
          disabled: path === null,
          run: after(() => void shell.showInFolder(path ?? '')),
        },
    'separator',
    { id: 'close', title: t('actions.closeTab'), icon: X, ...key('file.close'), run: after(() => requestClose(draft)) },
    {
      id: 'close-others',
      title: t('app.tab.closeOthers'),
      disabled: useDocuments.getState().order.length < 2,
      run: after(() => closeOthers(draft)),
    },
  ];
}

function copyPath(path: string | null): void {
  if (path === null) return;
  navigator.clipboard
    .writeText(path)
    .then(() => toast({ tone: 'plain', title: t('app.tab.pathCopied', { path }) }))
    .catch((thrown: unknown) => toastProblem(toProblem(thrown)));
}
