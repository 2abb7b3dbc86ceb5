import { ImagePlus, X } from 'lucide-react';
import { useRef, useState } from 'react';
import { toProblem } from '../../../shared/errors.ts';
import { toastProblem } from '../state/window/toasts.ts';
import { t } from '../text/t.ts';
import { Button, IconButton } from '../theme/button.tsx';
import styles from './image-field.module.css';

/** An image for the form: chosen, dropped or pasted; kept as the address that holds its bytes, which is how the service takes it. */
export function ImageField({
  label,
  value,
  onValue,
}: {
  label: string;
  value: string;
  onValue: (address: string) => void;
}) {
  const input = useRef<HTMLInputElement>(null);
  const [isOver, setOver] = useState(false);
  const take = (file: File | undefined): void => {
    if (file === undefined) return;
    readAddress(file).then(onValue, (thrown: unknown) => toastProblem(toProblem(thrown)));
  };
  return (
    <div
      role="group"
      aria-label={label}
      className={styles.field}
      data-over={isOver || undefined}
      onDragOver={(event) => {
        event.preventDefault();
        setOver(true);
      }}
      onDragLeave={() => setOver(false)}
      onDrop={(event) => {
        event.preventDefault();
        setOver(false);
        take(event.dataTransfer.files[0]);
      }}
      onPaste={(event) => take(event.clipboardData.files[0])}
    >
      <span className={styles.label}>{label}</span>
      <div className={styles.box}>
        {value.startsWith('data:') ? (
          <img className={styles.picture} src={value} alt={t('services.imageChosen')} />
        ) : (
          <span className={styles.hint}>{t('services.imageHint')}</span>
        )}
        <span className={styles.tools}>
          <Button size="small" icon={ImagePlus} onPress={() => input.current?.click()}>
            {t('services.chooseImage')}
          </Button>
          {value !== '' && (
            <IconButton size="small" icon={X} iconSize={13} label={t('services.noImage')} onPress={() => onValue('')} />
          )}
        </span>
      </div>
      <input
        ref={input}
        type="file"
        accept="image/png,image/jpeg,image/webp,image/gif,image/bmp,image/tiff"
        hidden
        aria-label={label}
        onChange={(event) => {
          take(event.target.files?.[0]);
          event.target.value = '';
        }}
      />
    </div>
  );
}

function readAddress(file: File): Promise<string> {
  return new Promise((resolve, reject) => {
    const reader = new FileReader();
    reader.addEventListener('load', () => resolve(String(reader.result)));
    reader.addEventListener('error', () => reject(reader.error ?? new Error('the image could not be read')));
    reader.readAsDataURL(file);
  });
}
