import { FilePicker } from '../../start/file-picker.tsx';
import { TargetDialog } from '../../start/target-dialog.tsx';
import DevicesDialog from '../../devices/devices-dialog.tsx';
import { useOverlay } from '../../state/window/overlay.ts';
import CloseWindowDialog from './close-window-dialog.tsx';
import { CommandSearch } from './command-search.tsx';
import KeySheet from './key-sheet.tsx';
import { CloseDialog, ConflictDialog, FileGoneDialog, RecoverDialog, SaveAsDialog } from './save-dialogs.tsx';

/** The dialog that is open, if one is. */
export function OpenDialog() {
  const open = useOverlay((s) => s.open);
  switch (open?.name) {
    case undefined:
    case 'limits':
      return null;
    case 'command-search':
      return <CommandSearch />;
    case 'keys':
      return <KeySheet />;
    case 'devices':
      return <DevicesDialog />;
    case 'open-data':
      return <FilePicker key="data" kind="data" />;
    case 'open-pipeline':
      return <FilePicker key="pipeline" kind="pipeline" />;
    case 'target':
      return <TargetDialog path={open.path} />;
    case 'save-as':
      return <SaveAsDialog draft={open.draft} thenClose={open.thenClose === true} next={open.next ?? []} />;
    case 'conflict':
      return <ConflictDialog draft={open.draft} />;
    case 'file-gone':
      return <FileGoneDialog draft={open.draft} />;
    case 'close':
      return <CloseDialog key={open.draft} draft={open.draft} next={open.next ?? []} />;
    case 'close-window':
      return <CloseWindowDialog />;
    case 'recover':
      return <RecoverDialog draft={open.draft} timeMs={open.timeMs} />;
  }
}
