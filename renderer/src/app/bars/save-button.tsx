import { CircleAlert, CircleCheck, Save } from 'lucide-react';
import { Button } from 'react-aria-components';
import { runAction, shortcutOf } from '../../actions/registry.ts';
import { useActive } from '../../state/documents/documents.ts';
import { useSaveState, type SaveState } from '../../state/documents/save-state.ts';
import { t } from '../../text/t.ts';
import { Icon } from '../../theme/icon.tsx';
import { ProgressRing } from '../../theme/surface.tsx';
import { Tip } from '../../theme/tip.tsx';
import styles from './save-button.module.css';

/** Saves, and says where that stands: in a word and a sign, never by colour alone. */
export function SaveButton() {
  const state = useSaveState();
  const hasFile = useActive((d) => d !== undefined && d.path !== null);
  if (state === undefined) return null;
  const isIdle = state.name === 'saved' || state.name === 'saving';
  return (
    <Tip text={sayTip(state, hasFile)} shortcut={shortcutOf('file.save')}>
      <Button
        className={styles.save ?? ''}
        data-save={state.name}
        // Still reached by keys: who saves by it keeps the focus there.
        aria-disabled={isIdle}
        onPress={() => {
          if (!isIdle) runAction('file.save');
        }}
      >
        <Sign state={state} />
        <span>{sayState(state)}</span>
      </Button>
    </Tip>
  );
}

function Sign({ state }: { state: SaveState }) {
  switch (state.name) {
    case 'saving':
      return <ProgressRing fraction={null} />;
    case 'saved':
      return <Icon of={CircleCheck} size={14} />;
    case 'failed':
      return <Icon of={CircleAlert} size={14} />;
    case 'unsaved':
    case 'empty':
      return <Icon of={Save} size={14} />;
  }
}

function sayState(state: SaveState): string {
  switch (state.name) {
    case 'saving':
      return t('app.save.saving');
    case 'saved':
      return t('app.save.saved');
    case 'failed':
      return t('app.save.failed');
    case 'unsaved':
    case 'empty':
      return t('app.save.save');
  }
}

function sayTip(state: SaveState, hasFile: boolean): string {
  if (state.name === 'failed') return t('app.save.again', { problem: state.problem.message });
  if (state.name === 'saved' || state.name === 'saving') return t('app.save.nothing');
  return t(hasFile ? 'app.save.press' : 'app.save.first');
}
