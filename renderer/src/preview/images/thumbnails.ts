/** Small pictures for the cells in view: asked for in handfuls, forgotten again when nobody looked for long, never asked for when the row was scrolled past. */
import { useEffect, useState } from 'react';
import { host } from '../../rpc/host.ts';

export interface PictureOf {
  hash: string;
  steps: string;
}
/** An address for `<img>`; `waiting` while it is on its way, `gone` where there is none. */
export type Picture = { state: 'waiting' | 'gone' } | { state: 'here'; address: string };

interface Entry {
  picture: Picture;
  watchers: Set<(picture: Picture) => void>;
}

const askedAtOnce = 32;
const handfulsAtOnce = 2;
const remembered = 800;
/** Rows that fly by are not worth a picture. */
const restMs = 60;

const entries = new Map<string, Entry>();
const wanted = new Map<string, { image: PictureOf; sidePx: number }>();
let asking = 0;
let timer: ReturnType<typeof setTimeout> | undefined;

const nameOf = ({ hash, steps }: PictureOf, sidePx: number): string => `${sidePx} ${hash} ${steps}`;

export function usePicture({ hash, steps }: PictureOf, sidePx: number): Picture {
  const name = nameOf({ hash, steps }, sidePx);
  const [seen, setSeen] = useState<{ name: string; picture: Picture }>();
  useEffect(
    () => watch(name, { hash, steps }, sidePx, (picture) => setSeen({ name, picture })),
    [name, hash, steps, sidePx],
  );
  return seen?.name === name ? seen.picture : (entries.get(name)?.picture ?? { state: 'waiting' });
}

function watch(name: string, image: PictureOf, sidePx: number, notify: (picture: Picture) => void): () => void {
  const entry = entries.get(name) ?? { picture: { state: 'waiting' } as const, watchers: new Set() };
  // Set anew: the first of the map is what was looked at longest ago.
  entries.delete(name);
  entries.set(name, entry);
  entry.watchers.add(notify);
  if (entry.picture.state === 'waiting') {
    wanted.set(name, { image, sidePx });
    askSoon();
  } else notify(entry.picture);
  return () => {
    entry.watchers.delete(notify);
    if (entry.watchers.size === 0 && wanted.delete(name)) entries.delete(name);
    forgetOld();
  };
}

function askSoon(): void {
  timer ??= setTimeout(() => {
    timer = undefined;
    while (wanted.size > 0 && asking < handfulsAtOnce) void ask();
  }, restMs);
}

async function ask(): Promise<void> {
  const [first] = wanted.values();
  if (first === undefined) return;
  const handful = [...wanted].filter(([, one]) => one.sidePx === first.sidePx).slice(0, askedAtOnce);
  for (const [name] of handful) wanted.delete(name);
  asking += 1;
  try {
    const { thumbnails } = await host()['preview.thumbnails']({
      images: handful.map(([, { image }]) => ({ hash: image.hash, steps: image.steps })),
      side_px: first.sidePx,
    });
    handful.forEach(([name], i) => settle(name, thumbnails[i] ?? null));
  } catch {
    for (const [name] of handful) settle(name, null);
  } finally {
    asking -= 1;
    if (wanted.size > 0) askSoon();
  }
}

function settle(name: string, bytes: Uint8Array<ArrayBuffer> | null): void {
  const entry = entries.get(name);
  if (entry === undefined) return;
  // The browser knows PNG from WebP by the first bytes.
  entry.picture =
    bytes === null
      ? { state: 'gone' }
      : { state: 'here', address: URL.createObjectURL(new Blob([bytes], { type: 'image/*' })) };
  for (const notify of entry.watchers) notify(entry.picture);
}

function forgetOld(): void {
  for (const [name, { picture, watchers }] of entries) {
    if (entries.size <= remembered) return;
    if (watchers.size > 0) continue;
    if (picture.state === 'here') URL.revokeObjectURL(picture.address);
    entries.delete(name);
  }
}
