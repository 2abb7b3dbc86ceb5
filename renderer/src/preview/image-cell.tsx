import { useEffect, useState, type RefObject } from 'react';
import { readImageCell, shapeAfter, type ImageValue } from '../../../shared/media/image.ts';
import type { PageCell } from '../../../shared/rpc/page.ts';
import { t } from '../text/t.ts';
import { Thumbnail } from './thumbnail.tsx';
import styles from './thumbnail.module.css';

/** Rows of a table with images are this high. */
export const imageRowPx = 44;
const cellSidePx = 34;
const widestPeekPx = 168;
/** Room below and above the pictures: their words and the edge. */
const peekWordsPx = 76;

export const imageOf = (value: PageCell | undefined): ImageValue | undefined =>
  typeof value === 'string' ? readImageCell(value) : undefined;

/** "cat/1.png, 640 × 480, 3 channels" */
export function sayImage(image: ImageValue): string {
  const { width, height, channels } = shapeAfter(image);
  return t('preview.imageFacts', { name: image.name, width, height, count: channels });
}

export function ImageCell({ image }: { image: ImageValue }) {
  return (
    <span className={styles.cell}>
      <span className={styles.frame} style={{ width: cellSidePx, height: cellSidePx }}>
        <Thumbnail image={image} sidePx={cellSidePx} />
      </span>
      <span>{image.name}</span>
    </span>
  );
}

/** The image of the focused cell, larger; where a node prepared it, the file beside it. */
export function ImagePeek({
  image,
  leftPx,
  topPx,
  widthPx,
  scroller,
}: {
  image: ImageValue;
  leftPx: number;
  topPx: number;
  widthPx: number;
  scroller: RefObject<HTMLDivElement | null>;
}) {
  const view = useFocusedView(scroller);
  if (view === null || topPx < 0 || topPx > view.clientHeight) return null;
  const sidePx = Math.max(48, Math.min(widestPeekPx, view.clientHeight - peekWordsPx));
  const isPrepared = image.steps.length > 0;
  const roomPx = (isPrepared ? 2 : 1) * (Math.max(sidePx, 150) + 10) + 20;
  const besidePx = leftPx + widthPx + 6;
  const left = besidePx + roomPx <= view.clientWidth ? besidePx : Math.max(8, leftPx - roomPx - 6);
  const top = Math.max(4, Math.min(topPx - 60, view.clientHeight - sidePx - peekWordsPx + 4));
  return (
    <div className={styles.peek} style={{ left, top }} role="img" aria-label={sayImage(image)}>
      <div>
        {isPrepared && <Shown image={{ ...image, steps: [] }} sidePx={sidePx} caption={t('preview.imageFile')} />}
        <Shown image={image} sidePx={sidePx} caption={isPrepared ? t('preview.imagePrepared') : undefined} />
      </div>
      <p>{image.name}</p>
    </div>
  );
}

function Shown({ image, sidePx, caption }: { image: ImageValue; sidePx: number; caption: string | undefined }) {
  const { width, height, channels } = shapeAfter(image);
  const facts = t('preview.imageShape', { width, height, count: channels });
  return (
    <figure>
      <span className={styles.frame} style={{ width: sidePx, height: sidePx }}>
        <Thumbnail image={image} sidePx={sidePx} />
      </span>
      <figcaption>{caption === undefined ? facts : `${caption} · ${facts}`}</figcaption>
    </figure>
  );
}

/** The grid's view while it has the focus. */
function useFocusedView(scroller: RefObject<HTMLDivElement | null>): HTMLDivElement | null {
  const [view, setView] = useState<HTMLDivElement | null>(null);
  useEffect(() => {
    const element = scroller.current;
    if (element === null) return;
    const update = (): void => setView(document.activeElement === element ? element : null);
    update();
    element.addEventListener('focus', update);
    element.addEventListener('blur', update);
    return () => {
      element.removeEventListener('focus', update);
      element.removeEventListener('blur', update);
    };
  }, [scroller]);
  return view;
}
