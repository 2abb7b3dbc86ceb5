import { useRef } from 'react';
import { Popover } from 'react-aria-components';
import { actionOf, runAction, shortcutOf } from '../../actions/registry.ts';
import { t } from '../../text/t.ts';
import { MenuList, type MenuEntry } from '../../theme/menu.tsx';
import menu from '../../theme/menu.module.css';
import { canvasApi, useCanvas } from '../../drawing/canvas-store.ts';

const forNode = [
  'run.to-here',
  '-',
  'edit.rename',
  'edit.disable',
  'edit.group',
  'edit.ungroup',
  'add.connect',
  '-',
  'edit.copy',
  'edit.cut',
  'edit.duplicate',
  '-',
  'edit.delete',
  'edit.delete-apart',
];
const forPane = ['add.quick', 'edit.paste', '-', 'edit.select-all', 'edit.tidy', 'view.fit'];
const forWire = ['edit.delete'];

/** What can be done with what was pressed with the right button. */
export function ContextMenu() {
  const open = useCanvas((s) => s.menu);
  const anchor = useRef<HTMLSpanElement>(null);
  if (open === null) return null;
  const close = (): void => {
    useCanvas.setState({ menu: null });
    canvasApi()?.focus();
  };
  const ids = open.on === 'node' ? forNode : open.on === 'wire' ? forWire : forPane;
  return (
    <>
      <span
        ref={anchor}
        style={{ position: 'absolute', left: open.screen[0], top: open.screen[1], width: 1, height: 1 }}
      />
      <Popover
        triggerRef={anchor}
        isOpen
        onOpenChange={(stays) => !stays && close()}
        placement="bottom start"
        offset={0}
        className={menu.popover ?? ''}
        key={open.screen.join(' ')}
      >
        <MenuList label={t('app.canvas')} entries={entriesOf(ids)} onClose={close} />
      </Popover>
    </>
  );
}

function entriesOf(ids: readonly string[]): MenuEntry[] {
  return ids.flatMap((id): MenuEntry[] => {
    if (id === '-') return ['separator'];
    const action = actionOf(id);
    if (action === undefined) return [];
    return [
      {
        id,
        title: action.title(),
        shortcut: shortcutOf(id),
        danger: id === 'edit.delete',
        disabled: !(action.when?.() ?? true),
        run: () => setTimeout(() => runAction(id)),
        ...(action.icon ? { icon: action.icon } : {}),
      },
    ];
  });
}
