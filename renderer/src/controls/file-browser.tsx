import { ChevronRight, FileSpreadsheet, Folder, FolderInput, FolderUp } from 'lucide-react';
import { useEffect, useRef, useState } from 'react';
import { Button as AriaButton } from 'react-aria-components';
import { toProblem } from '../../../shared/errors.ts';
import { host } from '../rpc/host.ts';
import type { Answer } from '../rpc/host-client.ts';
import { toastProblem } from '../state/window/toasts.ts';
import { uploadFile, uploadFolder } from '../state/files/upload.ts';
import { sayBytes } from '../text/say.ts';
import { t } from '../text/t.ts';
import { Button } from '../theme/button.tsx';
import { Icon } from '../theme/icon.tsx';
import styles from './file-browser.module.css';

type Entry = Answer<'files.list'>[number];
interface FileBrowserProps {
  extensions: readonly string[];
  isFolder: boolean;
  /** What the field holds: its folder is opened first, where it is there. */
  now: string;
  onPick: (path: string) => void;
}

/** Walks through the workspace's folders by pressing them; what fits is picked, a folder by the button beside it. */
export default function FileBrowser({ extensions, isFolder, now, onPick }: FileBrowserProps) {
  const [folder, setFolder] = useState(() => now.split('/').slice(0, -1).join('/'));
  const [entries, setEntries] = useState<readonly Entry[]>();
  useEffect(() => {
    let gone = false;
    host()
      ['files.list']({ folder })
      .then((list) => {
        if (!gone) setEntries(list);
      })
      .catch((thrown: unknown) => {
        if (gone) return;
        // A path that was typed wrong, or of a place that is gone: the workspace itself is always there.
        if (folder !== '') setFolder('');
        else {
          setEntries([]);
          toastProblem(toProblem(thrown));
        }
      });
    return () => {
      gone = true;
    };
  }, [folder]);
  const ends = extensions.map((end) => (end.startsWith('.') ? end : `.${end}`));
  const fits = (e: Entry): boolean =>
    e.kind !== 'folder' &&
    e.kind !== 'pipeline' &&
    (ends.length === 0 ? !isFolder : ends.some((end) => e.name.toLowerCase().endsWith(end)));
  const shown = entries?.filter((e) => e.kind === 'folder' || fits(e));
  return (
    <div className={styles.browser}>
      <Breadcrumbs folder={folder} onOpen={setFolder} />
      <div
        className={styles.entries}
        role="group"
        aria-label={t('inspector.browse.inside', { folder: lastOf(folder) })}
      >
        {shown?.length === 0 && <p className={styles.none}>{t('inspector.browse.empty')}</p>}
        {shown?.map((entry) =>
          entry.kind === 'folder' ? (
            <div key={entry.path} className={styles.entry}>
              <AriaButton
                className={styles.open ?? ''}
                aria-label={t('inspector.browse.open', { name: entry.name })}
                onPress={() => setFolder(entry.path)}
              >
                <Icon of={Folder} size={13} />
                <span>{entry.name}</span>
                <Icon of={ChevronRight} size={12} />
              </AriaButton>
              {isFolder && (
                <Button
                  size="small"
                  look="link"
                  aria-label={t('inspector.browse.choose', { name: entry.name })}
                  onPress={() => onPick(entry.path)}
                >
                  {t('inspector.browse.chooseShort')}
                </Button>
              )}
            </div>
          ) : (
            <div key={entry.path} className={styles.entry}>
              <AriaButton className={styles.open ?? ''} onPress={() => onPick(entry.path)}>
                <Icon of={FileSpreadsheet} size={13} />
                <span>{entry.name}</span>
                <small>{sayBytes(entry.bytes)}</small>
              </AriaButton>
            </div>
          ),
        )}
      </div>
      <Bring ends={ends} isFolder={isFolder} onPick={onPick} />
    </div>
  );
}

const lastOf = (folder: string): string => folder.split('/').at(-1) || t('inspector.browse.workspace');

/** Where one is, each part a way back. */
function Breadcrumbs({ folder, onOpen }: { folder: string; onOpen: (folder: string) => void }) {
  const parts = folder === '' ? [] : folder.split('/');
  return (
    <nav className={styles.breadcrumbs} aria-label={t('inspector.browse.breadcrumbs')}>
      {['', ...parts].map((part, depth) => {
        const path = parts.slice(0, depth).join('/');
        return (
          <AriaButton key={path} isDisabled={depth === parts.length} onPress={() => onOpen(path)}>
            {depth === 0 ? t('inspector.browse.workspace') : part}
          </AriaButton>
        );
      })}
    </nav>
  );
}

/** From elsewhere on this computer into the workspace's `data/`. */
function Bring({
  ends,
  isFolder,
  onPick,
}: {
  ends: readonly string[];
  isFolder: boolean;
  onPick: (path: string) => void;
}) {
  const file = useRef<HTMLInputElement>(null);
  const directory = useRef<HTMLInputElement>(null);
  const [percent, setPercent] = useState<number>();
  const bring = async (upload: (onProgress: (fraction: number) => void) => Promise<string>): Promise<void> => {
    setPercent(0);
    try {
      onPick(await upload((fraction) => setPercent(Math.floor(fraction * 100))));
    } catch (thrown) {
      toastProblem(toProblem(thrown));
    } finally {
      setPercent(undefined);
    }
  };
  const takesFiles = !isFolder || ends.length > 0;
  return (
    <div className={styles.bring}>
      {percent !== undefined && <p role="status">{t('inspector.browse.copying', { percent: String(percent) })}</p>}
      {isFolder && (
        <Button
          size="small"
          icon={FolderInput}
          isDisabled={percent !== undefined}
          onPress={() => directory.current?.click()}
        >
          {t('inspector.browse.bringFolder')}
        </Button>
      )}
      {takesFiles && (
        <Button size="small" icon={FolderUp} isDisabled={percent !== undefined} onPress={() => file.current?.click()}>
          {t('start.pick.upload')}
        </Button>
      )}
      <input
        ref={file}
        type="file"
        hidden
        accept={ends.join(',')}
        onChange={(event) => {
          const chosen = event.target.files?.[0];
          if (chosen) void bring((onProgress) => uploadFile(chosen, onProgress));
        }}
      />
      <input
        ref={(element) => {
          directory.current = element;
          // React knows no such attribute.
          if (element) element.webkitdirectory = true;
        }}
        type="file"
        hidden
        onChange={(event) => {
          const chosen = [...(event.target.files ?? [])].map((one) => ({ file: one, path: one.webkitRelativePath }));
          if (chosen.length > 0) void bring((onProgress) => uploadFolder(chosen, onProgress));
        }}
      />
    </div>
  );
}
