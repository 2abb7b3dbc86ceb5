export interface BinRequest {
  readonly min: number;
  readonly max: number;
  readonly rows: number;
  /** First and third quartile, for the Freedman–Diaconis width. */
  readonly q1?: number;
  readonly q3?: number;
  /** Only whole numbers occur: bins are then whole too, and a few values get a bin each, around them. */
  readonly whole?: boolean;
  /** Not more bins than this; 40 where not given. */
  readonly limit?: number;
}

/**
 * Edges of histogram bins that a person can read: their width is 1, 2, 2.5 or 5 times a power of ten, as near as that comes to the width of
 * Freedman and Diaconis (1981), 2 · IQR / rows^⅓, or of Sturges (1926) where the quartiles say nothing.
 *
 * @returns ascending, at least two; the first ≤ min, the last ≥ max. Bins are closed at the left, the last at both sides.
 */
export function niceBins({ min, max, rows, q1, q3, whole = false, limit = 40 }: BinRequest): Float64Array {
  if (!(max > min)) return aroundOneValue(min, whole);
  if (whole && max - min < limit) return Float64Array.from({ length: max - min + 2 }, (_, i) => min - 0.5 + i);
  const width = niceWidth(Math.max(idealWidth({ min, max, rows, q1, q3 }), (max - min) / limit), whole);
  const first = Math.floor(min / width);
  const last = Math.max(Math.ceil(max / width), first + 1);
  return Float64Array.from({ length: last - first + 1 }, (_, i) => multiple(first + i, width));
}

const aroundOneValue = (value: number, whole: boolean): Float64Array => {
  const half = whole ? 0.5 : niceWidth(Math.abs(value) || 1, false) / 2;
  return Float64Array.of(value - half, value + half);
};

function idealWidth({
  min,
  max,
  rows,
  q1,
  q3,
}: {
  min: number;
  max: number;
  rows: number;
  q1: number | undefined;
  q3: number | undefined;
}): number {
  const spread = q1 === undefined || q3 === undefined ? 0 : q3 - q1;
  if (spread > 0) return (2 * spread) / Math.cbrt(Math.max(rows, 1));
  return (max - min) / (Math.ceil(Math.log2(Math.max(rows, 1))) + 1);
}

/** The smallest nice number that is not below `width` (by more than rounding). */
function niceWidth(width: number, whole: boolean): number {
  const power = Math.floor(Math.log10(width) + 1e-12);
  const wanted = width * (1 - 1e-12);
  for (const step of [1, 2, 2.5, 5, 10]) {
    const nice = multiple(step, 10 ** power);
    if (nice >= wanted && (!whole || Number.isInteger(nice))) return nice;
  }
  return whole ? Math.ceil(width) : width;
}

/** count × width without the tail of digits: 3 × 0.1 is 0.3. */
const multiple = (count: number, width: number): number => Number((count * width).toPrecision(14));
