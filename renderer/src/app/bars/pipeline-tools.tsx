import { Redo2, Undo2 } from 'lucide-react';
import { runAction, shortcutOf } from '../../actions/registry.ts';
import { useActive } from '../../state/documents/documents.ts';
import { t } from '../../text/t.ts';
import { IconButton } from '../../theme/button.tsx';
import { RunControls } from './run-controls.tsx';
import { SaveButton } from './save-button.tsx';
import styles from './top-bar.module.css';

/** What the top bar has for the pipeline in front. */
export function PipelineTools() {
  return (
    <>
      <SaveButton />
      <UndoRedo />
      <RunControls />
    </>
  );
}

function UndoRedo() {
  const undoLabel = useActive((d) => d?.past.at(-1)?.label);
  const redoLabel = useActive((d) => d?.future[0]?.label);
  return (
    <div className={styles.group}>
      <IconButton
        icon={Undo2}
        label={undoLabel === undefined ? t('actions.undo') : t('actions.undoStep', { label: undoLabel })}
        shortcut={shortcutOf('edit.undo')}
        isDisabled={undoLabel === undefined}
        onPress={() => runAction('edit.undo')}
      />
      <IconButton
        icon={Redo2}
        label={redoLabel === undefined ? t('actions.redo') : t('actions.redoStep', { label: redoLabel })}
        shortcut={shortcutOf('edit.redo')}
        isDisabled={redoLabel === undefined}
        onPress={() => runAction('edit.redo')}
      />
    </div>
  );
}
