import { FileSpreadsheet, FolderOpen, Workflow } from 'lucide-react';
import { useEffect, useRef, useState } from 'react';
import { Button as AriaButton } from 'react-aria-components';
import { append } from '../../../shared/append.ts';
import { toProblem } from '../../../shared/errors.ts';
import { host } from '../rpc/host.ts';
import type { Answer } from '../rpc/host-client.ts';
import { closeOverlay } from '../state/window/overlay.ts';
import { toastProblem } from '../state/window/toasts.ts';
import { sayBytes, sayWhen } from '../text/say.ts';
import { t } from '../text/t.ts';
import { Button } from '../theme/button.tsx';
import { Dialog } from '../theme/dialog.tsx';
import { Icon } from '../theme/icon.tsx';
import { SearchField } from '../theme/text-field.tsx';
import { openDropped, openWorkspaceFile } from '../readers/open-dropped.ts';
import styles from './start.module.css';

type Entry = Answer<'files.list'>[number];

/** Chooses a data file or a pipeline: of the workspace, or from this computer. */
export function FilePicker({ kind }: { kind: 'data' | 'pipeline' }) {
  const [entries, setEntries] = useState<readonly Entry[]>();
  const [text, setText] = useState('');
  const chooser = useRef<HTMLInputElement>(null);
  useEffect(() => {
    listFiles(kind)
      .then((found) => {
        setEntries(found);
        // Nothing to choose from here: the press that opened this was for a file of the computer. Without a press just before, a browser keeps its dialog shut.
        if (found.length === 0 && navigator.userActivation.isActive) chooser.current?.click();
      })
      .catch((thrown: unknown) => {
        setEntries([]);
        toastProblem(toProblem(thrown));
      });
  }, [kind]);
  const shown = entries?.filter((e) => e.path.toLowerCase().includes(text.trim().toLowerCase()));
  const open = (entry: Entry): void => {
    closeOverlay();
    void openWorkspaceFile(entry.path);
  };
  const upload = async (file: File | undefined): Promise<void> => {
    if (file === undefined) return;
    closeOverlay();
    await openDropped({ kind: 'file', file });
  };
  return (
    <Dialog
      title={t(kind === 'data' ? 'start.pick.csvTitle' : 'start.pick.pipelineTitle')}
      isOpen
      onClose={closeOverlay}
      footer={
        <>
          <Button onPress={closeOverlay}>{t('common.cancel')}</Button>
          <Button look="primary" icon={FolderOpen} onPress={() => chooser.current?.click()}>
            {t('start.pick.upload')}
          </Button>
        </>
      }
    >
      <input
        ref={chooser}
        type="file"
        hidden
        data-testid="choose-file"
        accept={kind === 'data' ? '.csv,.tsv,.txt,.parquet,.json,.jsonl,.ndjson' : '.json,.flowyard'}
        onChange={(event) => void upload(event.target.files?.[0])}
      />
      <SearchField
        label={t('start.pick.filter')}
        placeholder={t('start.pick.filter')}
        value={text}
        onChange={setText}
        autoFocus
        onSubmit={() => shown?.[0] && open(shown[0])}
      />
      <h3 className={styles.pickHead}>{t('start.pick.inWorkspace')}</h3>
      <div className={styles.files}>
        {shown?.length === 0 && <p className={styles.none}>{t('start.pick.empty')}</p>}
        {shown?.map((entry) => (
          <AriaButton key={entry.path} className={styles.file ?? ''} onPress={() => open(entry)}>
            <Icon of={kind === 'data' ? FileSpreadsheet : Workflow} size={14} />
            {entry.path}
            <small>
              {sayBytes(entry.bytes)} · {sayWhen(entry.modified_ms)}
            </small>
          </AriaButton>
        ))}
      </div>
    </Dialog>
  );
}

/** Files of a kind in the workspace, three folders deep: enough for a list, quick in a big tree. */
async function listFiles(kind: 'data' | 'pipeline'): Promise<Entry[]> {
  const found: Entry[] = [];
  let folders = [''];
  for (let depth = 0; depth < 3 && folders.length > 0; depth++) {
    const lists = await Promise.all(folders.slice(0, 30).map((folder) => host()['files.list']({ folder })));
    append(
      found,
      lists.flat().filter((e) => e.kind === kind),
    );
    folders = lists
      .flat()
      .flatMap((e) => (e.kind === 'folder' && !e.name.startsWith('.') && e.name !== 'node_modules' ? [e.path] : []));
  }
  return found.sort((a, b) => b.modified_ms - a.modified_ms);
}
