/** What a person looks at to give labels by hand: the node and the window find it in the same way. */
import { isImageType } from '../media/image.ts';
import type { Column } from '../wires.ts';

/** The chosen column, else the only one of images. */
export function labelledColumn(chosen: string, columns: readonly Column[] | undefined): Column | undefined {
  if (chosen !== '') return columns?.find((c) => c.name === chosen);
  const images = columns?.filter((c) => isImageType(c.type)) ?? [];
  return images.length === 1 ? images[0] : undefined;
}
