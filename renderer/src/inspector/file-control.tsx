import { FileSpreadsheet, FolderOpen } from 'lucide-react';
import { useEffect, useRef, useState } from 'react';
import { Button as AriaButton } from 'react-aria-components';
import { toProblem } from '../../../shared/errors.ts';
import { host } from '../rpc/host.ts';
import type { Answer } from '../rpc/host-client.ts';
import { toastProblem } from '../state/toasts.ts';
import { uploadFile } from '../state/upload.ts';
import { sayBytes } from '../text/say.ts';
import { t } from '../text/t.ts';
import { Button, IconButton } from '../theme/button.tsx';
import { Icon } from '../theme/icon.tsx';
import { PopoverButton } from '../theme/menu.tsx';
import { TextField } from '../theme/text-field.tsx';
import { asText, type ControlProps } from './control.ts';
import styles from './controls.module.css';

/** A file of the workspace by its path: typed, picked from a list, or brought in from this computer. */
export function FileControl({ field, value, onChange, label }: ControlProps) {
  return (
    <div className={styles.row}>
      <TextField
        label={label}
        layout="bare"
        mono
        value={asText(value)}
        placeholder={t('inspector.chooseFile')}
        onChange={onChange}
      />
      <PopoverButton
        label={t('inspector.chooseFile')}
        trigger={<IconButton icon={FolderOpen} iconSize={14} look="plain" label={t('inspector.chooseFile')} />}
      >
        {(close) => (
          <FileList
            extensions={field.meta.extensions ?? []}
            isFolder={field.meta.folder === true}
            onPick={(path) => {
              onChange(path);
              close();
            }}
          />
        )}
      </PopoverButton>
    </div>
  );
}

function FileList({
  extensions,
  isFolder,
  onPick,
}: {
  extensions: readonly string[];
  isFolder: boolean;
  onPick: (path: string) => void;
}) {
  const [files, setFiles] = useState<Answer<'files.list'>>();
  const chooser = useRef<HTMLInputElement>(null);
  const ends = extensions.map((end) => (end.startsWith('.') ? end : `.${end}`));
  useEffect(() => {
    Promise.all(
      ['', 'data'].map((folder) =>
        host()
          ['files.list']({ folder })
          .catch(() => []),
      ),
    )
      .then((lists) => setFiles(lists.flat()))
      .catch(() => setFiles([]));
  }, []);
  const fits = (e: Answer<'files.list'>[number]): boolean =>
    e.kind === 'folder'
      ? isFolder
      : e.kind !== 'pipeline' &&
        (ends.length === 0 ? !isFolder : ends.some((end) => e.name.toLowerCase().endsWith(end)));
  const fitting = files?.filter(fits);
  const bring = async (file: File | undefined): Promise<void> => {
    if (file === undefined) return;
    try {
      onPick(await uploadFile(file));
    } catch (thrown) {
      toastProblem(toProblem(thrown));
    }
  };
  return (
    <div className={styles.list}>
      <input
        ref={chooser}
        type="file"
        hidden
        accept={ends.join(',')}
        onChange={(event) => void bring(event.target.files?.[0])}
      />
      <div className={styles.options}>
        {fitting?.length === 0 && <p className={styles.none}>{t('start.pick.empty')}</p>}
        {fitting?.map((entry) => (
          <AriaButton
            key={entry.path}
            className={styles.option ?? ''}
            style={{ width: '100%', textAlign: 'left' }}
            onPress={() => onPick(entry.path)}
          >
            <Icon of={entry.kind === 'folder' ? FolderOpen : FileSpreadsheet} size={13} />
            <span>{entry.path}</span>
            {entry.kind !== 'folder' && <small>{sayBytes(entry.bytes)}</small>}
          </AriaButton>
        ))}
      </div>
      <div className={styles.listHead}>
        <Button size="small" icon={FolderOpen} onPress={() => chooser.current?.click()}>
          {t('start.pick.upload')}
        </Button>
      </div>
    </div>
  );
}
