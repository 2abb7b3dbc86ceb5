import { FolderOpen } from 'lucide-react';
import { Suspense } from 'react';
import { later } from '../loading/later.tsx';
import { t } from '../text/t.ts';
import { IconButton } from '../theme/button.tsx';
import { PopoverButton } from '../theme/menu.tsx';
import { TextField } from '../theme/text-field.tsx';
import { asText, type ControlProps } from './control.ts';
import styles from './controls.module.css';

const { Component: FileBrowser } = later(async () => (await import('./file-browser.tsx')).default);

/** A file or folder of the workspace by its path: typed, found by walking through the folders, or brought in from this computer. */
export function FileControl({ field, value, onChange, label }: ControlProps) {
  const choose = t(field.meta.folder === true ? 'inspector.chooseFolder' : 'inspector.chooseFile');
  return (
    <div className={styles.row}>
      <TextField label={label} layout="bare" mono value={asText(value)} placeholder={choose} onChange={onChange} />
      <PopoverButton
        label={choose}
        trigger={<IconButton icon={FolderOpen} iconSize={14} look="plain" label={choose} />}
      >
        {(close) => (
          <Suspense fallback={<p className={styles.none}>{t('common.loading')}</p>}>
            <FileBrowser
              extensions={field.meta.extensions ?? []}
              isFolder={field.meta.folder === true}
              now={asText(value)}
              onPick={(path) => {
                onChange(path);
                close();
              }}
            />
          </Suspense>
        )}
      </PopoverButton>
    </div>
  );
}
