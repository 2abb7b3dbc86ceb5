/** Ids of nodes: short readable words made from titles, free in the file. */

/** `Gradient boosting` → `gradient-boosting`; a taken one gets a number: `gradient-boosting-2`. */
export function newNodeId(title: string, taken: (id: string) => boolean): string {
  const slug =
    title
      .normalize('NFKC')
      .toLowerCase()
      .replaceAll(/[^\p{L}\p{N}]+/gu, '-')
      .replaceAll(/^[-\p{N}]+|-+$/gu, '')
      .slice(0, 40) || 'node';
  if (!taken(slug)) return slug;
  for (let n = 2; ; n++) if (!taken(`${slug}-${n}`)) return `${slug}-${n}`;
}
