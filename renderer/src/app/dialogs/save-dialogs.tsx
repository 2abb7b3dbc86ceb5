import { useEffect, useState } from 'react';
import { host } from '../../rpc/host.ts';
import { documentOf } from '../../state/documents/documents.ts';
import {
  closeNow,
  discardJournal,
  documentTitle,
  reloadFromDisk,
  restoreJournal,
  saveTo,
} from '../../state/files/files.ts';
import { closeOverlay, useOverlay } from '../../state/window/overlay.ts';
import { closeAll } from '../../state/files/tabs.ts';
import { sayWhen } from '../../text/say.ts';
import { t } from '../../text/t.ts';
import { Button } from '../../theme/button.tsx';
import { Dialog } from '../../theme/dialog.tsx';
import { TextField } from '../../theme/text-field.tsx';
import { suggestName, withEnding } from '../../state/files/file-names.ts';

export function SaveAsDialog({
  draft,
  thenClose,
  next,
}: {
  draft: string;
  thenClose: boolean;
  next: readonly string[];
}) {
  const document = documentOf(draft);
  const [name, setName] = useState(() => document?.path ?? suggestName(document?.file.title ?? ''));
  const [taken, setTaken] = useState<readonly string[]>([]);
  useEffect(() => {
    host()
      ['files.list']({ folder: '' })
      .then((entries) => setTaken(entries.map((e) => e.path)))
      .catch(() => undefined);
  }, []);
  const path = withEnding(name.trim());
  const replaces = taken.includes(path) && path !== document?.path;
  const save = async (): Promise<void> => {
    if (name.trim() === '') return;
    closeOverlay();
    if (!(await saveTo(draft, path, replaces)) || !thenClose) return;
    await closeNow(draft);
    closeAll(next);
  };
  return (
    <Dialog
      title={t('app.saveAs.title')}
      isOpen
      onClose={closeOverlay}
      footer={
        <>
          <Button onPress={closeOverlay}>{t('common.cancel')}</Button>
          <Button look="primary" isDisabled={name.trim() === ''} onPress={() => void save()}>
            {t('app.saveAs.save')}
          </Button>
        </>
      }
    >
      <TextField
        label={t('app.saveAs.name')}
        layout="stack"
        value={name}
        onChange={setName}
        help={replaces ? t('app.saveAs.taken') : t('app.saveAs.hint')}
        autoFocus
        onKeyDown={(event) => {
          if (event.key === 'Enter') void save();
          // Other keys (Escape) belong to the dialog.
          else event.continuePropagation();
        }}
      />
    </Dialog>
  );
}

export function ConflictDialog({ draft }: { draft: string }) {
  const path = documentOf(draft)?.path ?? '';
  return (
    <Dialog
      title={t('app.conflict.title')}
      isOpen
      onClose={closeOverlay}
      alert
      footer={
        <>
          <Button look="danger" onPress={() => void saveTo(draft, path, true).then((done) => done && closeOverlay())}>
            {t('app.conflict.overwrite')}
          </Button>
          <Button onPress={() => void reloadFromDisk(draft)}>{t('app.conflict.reload')}</Button>
          <Button look="primary" onPress={() => useOverlay.setState({ open: { name: 'save-as', draft } })}>
            {t('app.conflict.saveAs')}
          </Button>
        </>
      }
    >
      {t('app.conflict.body', { path })}
    </Dialog>
  );
}

/** There is nothing to take or to write over: it was renamed, moved or deleted. */
export function FileGoneDialog({ draft }: { draft: string }) {
  const path = documentOf(draft)?.path ?? '';
  return (
    <Dialog
      title={t('app.fileGone.title')}
      isOpen
      onClose={closeOverlay}
      alert
      footer={
        <>
          <Button onPress={closeOverlay}>{t('common.cancel')}</Button>
          <Button onPress={() => useOverlay.setState({ open: { name: 'save-as', draft } })}>
            {t('app.fileGone.saveAs')}
          </Button>
          <Button look="primary" onPress={() => void saveTo(draft, path, true).then((done) => done && closeOverlay())}>
            {t('app.fileGone.again')}
          </Button>
        </>
      }
    >
      {t('app.fileGone.body', { path })}
    </Dialog>
  );
}

export function CloseDialog({ draft, next }: { draft: string; next: readonly string[] }) {
  const document = documentOf(draft);
  const save = async (): Promise<void> => {
    if (document === undefined) return closeOverlay();
    if (document.path === null) return useOverlay.setState({ open: { name: 'save-as', draft, thenClose: true, next } });
    closeOverlay();
    if (!(await saveTo(draft, document.path, false))) return;
    await closeNow(draft);
    closeAll(next);
  };
  return (
    <Dialog
      title={t('app.closing.title', { title: document ? documentTitle(document) : '' })}
      isOpen
      onClose={closeOverlay}
      alert
      footer={
        <>
          <Button onPress={closeOverlay}>{t('common.cancel')}</Button>
          <Button
            look="danger"
            onPress={() => {
              closeOverlay();
              void closeNow(draft).then(() => closeAll(next));
            }}
          >
            {t('app.closing.discard')}
          </Button>
          <Button look="primary" onPress={() => void save()}>
            {t('app.closing.save')}
          </Button>
        </>
      }
    >
      {t('app.closing.body')}
    </Dialog>
  );
}

export function RecoverDialog({ draft, timeMs }: { draft: string; timeMs: number }) {
  const document = documentOf(draft);
  return (
    <Dialog
      title={t('app.recover.title')}
      isOpen
      onClose={closeOverlay}
      alert
      footer={
        <>
          <Button look="danger" onPress={() => void discardJournal(draft)}>
            {t('app.recover.discard')}
          </Button>
          <Button look="primary" onPress={() => restoreJournal(draft)}>
            {t('app.recover.restore')}
          </Button>
        </>
      }
    >
      {t('app.recover.body', { title: document ? documentTitle(document) : '', time: sayWhen(timeMs) })}
    </Dialog>
  );
}
