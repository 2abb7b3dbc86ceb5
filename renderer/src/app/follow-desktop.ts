/** In the desktop shell: its menu does what keys do, and a pipeline that the system opens comes into this window. */
import type { DesktopBridge, MenuCommand } from '../../../shared/desktop-bridge.ts';
import { isTyping } from '../actions/handle-keys.ts';
import { runAction } from '../actions/registry.ts';
import { askToClose } from '../state/window/close-window.ts';
import { openWorkspaceFile } from '../readers/open-dropped.ts';

/** What these commands mean for the text of a field that has the focus. */
const inText: Partial<Record<MenuCommand, string>> = {
  'edit.undo': 'undo',
  'edit.redo': 'redo',
  'edit.delete': 'delete',
  'edit.select-all': 'selectAll',
};

export function followDesktop(
  bridge: Pick<DesktopBridge, 'onMenuCommand' | 'onOpenPipeline' | 'onAskToClose'> | undefined,
): void {
  bridge?.onMenuCommand((command) => {
    const text = inText[command];
    // The one way to reach a field's own history.
    if (text !== undefined && isTyping(document.activeElement)) document.execCommand(text);
    else runAction(command);
  });
  bridge?.onAskToClose(askToClose);
  bridge?.onOpenPipeline((path) => void openWorkspaceFile(path));
}
