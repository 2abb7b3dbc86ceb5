/** Names below an axis: level where they fit, slanted where they do not, so that none is left out. */

/** A name is cut at this width. */
export const longestNamePx = 96;
const letterPx = 5.6;
const lineHeightPx = 13;
const degrees = 40;
const rise = Math.sin((degrees * Math.PI) / 180);

export interface NameSlant {
  degrees: number;
  /** What slanted names need below the axis beyond a level line. */
  morePx: number;
}

/** Undefined: they fit as they are, or there are so many that even slanted they would lie on each other. */
export function slantOf(names: readonly string[], lengthPx: number): NameSlant | undefined {
  const stepPx = lengthPx / Math.max(1, names.length);
  const widestPx = names.reduce((most, name) => Math.max(most, Math.min(longestNamePx, name.length * letterPx)), 0);
  if (widestPx + 8 <= stepPx || stepPx < lineHeightPx) return undefined;
  return { degrees, morePx: Math.round(widestPx * rise) };
}
