import { ImageOff } from 'lucide-react';
import { shapeAfter, writeSteps, type ImageValue } from '../../../shared/media/image.ts';
import { t } from '../text/t.ts';
import { Icon } from '../theme/icon.tsx';
import { usePicture } from './thumbnails.ts';
import styles from './thumbnail.module.css';

/** One image, as large as fits the side; smaller ones are enlarged so that single pixels can be seen. */
export function Thumbnail({ image, sidePx }: { image: ImageValue; sidePx: number }) {
  // Twice as many pixels as points: sharp on dense screens.
  const picture = usePicture({ hash: image.hash, steps: writeSteps(image.steps) }, Math.min(1024, sidePx * 2));
  const { width, height } = shapeAfter(image);
  const scale = sidePx / Math.max(width, height);
  const size = { width: Math.max(1, Math.round(width * scale)), height: Math.max(1, Math.round(height * scale)) };
  if (picture.state === 'here')
    return (
      <img
        className={styles.picture}
        data-coarse={scale >= 2 || undefined}
        src={picture.address}
        alt={image.name}
        draggable={false}
        {...size}
      />
    );
  return (
    <span
      className={styles.waiting}
      style={size}
      aria-busy={picture.state === 'waiting'}
      title={picture.state === 'gone' ? t('preview.imageGone') : undefined}
    >
      {picture.state === 'gone' && <Icon of={ImageOff} size={Math.min(16, sidePx / 2)} />}
    </span>
  );
}
