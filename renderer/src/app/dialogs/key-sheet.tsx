import { Printer, RotateCcw } from 'lucide-react';
import { useState } from 'react';
import type { Action } from '../../actions/action.ts';
import { sayKey, writeKey } from '../../actions/keys.ts';
import { actions, changeKey, resetKeys } from '../../actions/registry.ts';
import { closeOverlay } from '../../state/window/overlay.ts';
import { useKept } from '../../state/window/view.ts';
import { t } from '../../text/t.ts';
import { Button } from '../../theme/button.tsx';
import { Dialog } from '../../theme/dialog.tsx';
import { Kbd } from '../../theme/kbd.tsx';
import styles from './search.module.css';

/** All keys, from the one table that the window obeys; each can be changed where it stands. */
export default function KeySheet() {
  const hasOwn = useKept((s) => Object.keys(s.ownKeys).length > 0);
  const [said, setSaid] = useState('');
  const groups = Map.groupBy(
    actions().filter((action) => (action.keys?.length ?? 0) > 0),
    (action) => action.group,
  );
  return (
    <Dialog
      title={t('app.help.title')}
      isOpen
      wide
      onClose={closeOverlay}
      footer={
        <>
          {hasOwn && (
            <Button icon={RotateCcw} onPress={resetKeys}>
              {t('app.help.reset')}
            </Button>
          )}
          <Button icon={Printer} onPress={() => window.print()}>
            {t('app.help.print')}
          </Button>
          <Button look="primary" onPress={closeOverlay}>
            {t('common.close')}
          </Button>
        </>
      }
    >
      <p style={{ marginBottom: 12 }} role="status">
        {said || t('app.help.hint')}
      </p>
      <div className={styles.sheet}>
        {[...groups].map(([group, list]) => (
          <section key={group}>
            <h3>{t(`actions.groups.${group}`)}</h3>
            <dl>
              {list.map((action) => (
                <div key={action.id}>
                  <dt>{plainTitle(action)}</dt>
                  <dd>
                    <KeyButton action={action} onSay={setSaid} />
                  </dd>
                </div>
              ))}
            </dl>
          </section>
        ))}
      </div>
    </Dialog>
  );
}

/** Its keys; pressed, it waits for another one. */
function KeyButton({ action, onSay }: { action: Action; onSay: (text: string) => void }) {
  const [waits, setWaits] = useState(false);
  // The table is read anew whenever a key was changed.
  useKept((s) => s.ownKeys[action.id]);
  const title = plainTitle(action);
  const keys = (action.keys ?? []).map((key) => sayKey(key));
  return (
    <button
      type="button"
      className={styles.key}
      data-waits={waits || undefined}
      aria-label={t('app.help.change', { title, keys: keys.join(', ') })}
      onClick={() => {
        setWaits(true);
        onSay(t('app.help.press', { title }));
      }}
      onBlur={() => setWaits(false)}
      onKeyDown={(event) => {
        if (!waits || event.key === 'Tab') return;
        event.preventDefault();
        event.stopPropagation();
        if (event.key === 'Escape') {
          setWaits(false);
          return onSay('');
        }
        const key = writeKey(event.nativeEvent);
        if (key === null) return;
        const taken = changeKey(action.id, key);
        setWaits(taken !== undefined);
        onSay(
          taken === undefined
            ? t('app.help.changed', { title, key: sayKey(key) })
            : t('app.help.taken', { key: sayKey(key), title: plainTitle(taken) }),
        );
      }}
    >
      {waits ? t('app.help.waits') : keys.map((key) => <Kbd key={key}>{key}</Kbd>)}
    </button>
  );
}

/** Undo and redo name their step elsewhere; a sheet of keys does not. */
const plainTitle = ({ id, title }: Action): string =>
  id === 'edit.undo' ? t('actions.undo') : id === 'edit.redo' ? t('actions.redo') : title();
