import { useEffect, useState } from 'react';
import { host } from '../../rpc/host.ts';
import { answerClose, unsavedDocuments } from '../../state/window/close-window.ts';
import { documentTitle, saveTo } from '../../state/files/files.ts';
import { waitUntilStored } from '../../state/documents/wait-until-stored.ts';
import { closeOverlay } from '../../state/window/overlay.ts';
import { t } from '../../text/t.ts';
import { Button } from '../../theme/button.tsx';
import { Dialog } from '../../theme/dialog.tsx';
import { TextField } from '../../theme/text-field.tsx';
import styles from './close-window-dialog.module.css';
import { freeName, withEnding } from '../../state/files/file-names.ts';

/** A host that answers writes a step down within a tenth of a second. */
const patienceMs = 3000;

/** Before the desktop's window closes: what is not saved, by name. What is not saved is kept all the same. */
// Over 80 lines: the markup of one dialog and its three answers.
export default function CloseWindowDialog() {
  const [unsaved] = useState(unsavedDocuments);
  const [names, setNames] = useState<Readonly<Record<string, string>>>({});
  const [isBusy, setBusy] = useState(false);
  const [isStuck, setStuck] = useState(false);
  useEffect(() => {
    host()
      ['files.list']({ folder: '' })
      .then((entries) => {
        const taken = new Set(entries.map((entry) => entry.path));
        const suggested = unsaved.flatMap(({ draft, path, file }) => {
          if (path !== null) return [];
          const name = freeName(file.title, taken);
          taken.add(name);
          return [[draft, name] as const];
        });
        setNames((now) => ({ ...Object.fromEntries(suggested), ...now }));
      })
      .catch(() => setStuck(true));
  }, [unsaved]);
  const close = (): void => {
    answerClose(true);
    closeOverlay();
  };
  const save = async (): Promise<void> => {
    setBusy(true);
    for (const { draft, path } of unsaved) {
      const name = path ?? withEnding((names[draft] ?? '').trim());
      // A conflict or a failure has shown itself: the window stays.
      if (!(await saveTo(draft, name, false))) {
        setBusy(false);
        return;
      }
    }
    close();
  };
  const leave = async (): Promise<void> => {
    setBusy(true);
    if (isStuck || (await waitUntilStored(patienceMs))) return close();
    setBusy(false);
    setStuck(true);
  };
  const isNamed = unsaved.every(({ draft, path }) => path !== null || (names[draft] ?? '').trim() !== '');
  return (
    <Dialog
      title={t('app.closingWindow.title', { count: unsaved.length })}
      isOpen
      onClose={closeOverlay}
      alert
      footer={
        <>
          <Button onPress={closeOverlay}>{t('common.cancel')}</Button>
          <Button look={isStuck ? 'danger' : 'plain'} isDisabled={isBusy} onPress={() => void leave()}>
            {t(isStuck ? 'app.closingWindow.lose' : 'app.closing.discard')}
          </Button>
          <Button look="primary" isDisabled={isBusy || !isNamed} onPress={() => void save()}>
            {t('app.closing.save')}
          </Button>
        </>
      }
    >
      <p>{t(isStuck ? 'app.closingWindow.stuck' : 'app.closingWindow.body')}</p>
      <ul className={styles.list}>
        {unsaved.map(({ draft, path, file }) => (
          <li key={draft}>
            {path === null ? (
              <TextField
                label={documentTitle({ path, file })}
                layout="stack"
                value={names[draft] ?? ''}
                onChange={(name) => setNames((now) => ({ ...now, [draft]: name }))}
              />
            ) : (
              <span className={styles.path}>{path}</span>
            )}
          </li>
        ))}
      </ul>
    </Dialog>
  );
}
