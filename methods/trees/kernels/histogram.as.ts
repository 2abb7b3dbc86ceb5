// Sums of gradients by bin. A row's gradients are one 64-bit integer, so that a bin takes one addition; integers make the sums the same in any order.
// Features stand by class of width: first those with 256 bins, then 32, then 4 (one-hot columns), so that narrow ones stay cheap.

// Adds g to eight neighbouring features' bins; the distance between their histograms is a constant.
// @ts-ignore decorator
@inline function add8(w: u64, h: usize, g: i64, s: usize): void {
  let p = h + (<usize>(w & 255) << 3);
  store<i64>(p, load<i64>(p) + g);
  p = h + s + (<usize>((w >> 8) & 255) << 3);
  store<i64>(p, load<i64>(p) + g);
  p = h + 2 * s + (<usize>((w >> 16) & 255) << 3);
  store<i64>(p, load<i64>(p) + g);
  p = h + 3 * s + (<usize>((w >> 24) & 255) << 3);
  store<i64>(p, load<i64>(p) + g);
  p = h + 4 * s + (<usize>((w >> 32) & 255) << 3);
  store<i64>(p, load<i64>(p) + g);
  p = h + 5 * s + (<usize>((w >> 40) & 255) << 3);
  store<i64>(p, load<i64>(p) + g);
  p = h + 6 * s + (<usize>((w >> 48) & 255) << 3);
  store<i64>(p, load<i64>(p) + g);
  p = h + 7 * s + (<usize>(w >> 56) << 3);
  store<i64>(p, load<i64>(p) + g);
}

// @ts-ignore decorator
@inline function add4(w: u32, h: usize, g: i64, s: usize): void {
  let p = h + (<usize>(w & 255) << 3);
  store<i64>(p, load<i64>(p) + g);
  p = h + s + (<usize>((w >> 8) & 255) << 3);
  store<i64>(p, load<i64>(p) + g);
  p = h + 2 * s + (<usize>((w >> 16) & 255) << 3);
  store<i64>(p, load<i64>(p) + g);
  p = h + 3 * s + (<usize>(w >> 24) << 3);
  store<i64>(p, load<i64>(p) + g);
}

// One row's n features of one width: s is the size of a feature's histogram in bytes.
// @ts-ignore decorator
@inline function addRow(row: usize, n: i32, h: usize, g: i64, s: usize): void {
  let f = 0;
  for (; f + 8 <= n; f += 8) {
    add8(load<u64>(row), h, g, s);
    row += 8;
    h += 8 * s;
  }
  if (f + 4 <= n) {
    add4(load<u32>(row), h, g, s);
    row += 4;
    h += 4 * s;
    f += 4;
  }
  for (; f < n; f++) {
    const p = h + (<usize>load<u8>(row) << 3);
    store<i64>(p, load<i64>(p) + g);
    row++;
    h += s;
  }
}

/**
 * Adds the rows index[a..b) to the packed histogram. `bins` points to the first wanted feature of row 0; n256, n32 and n4 features follow. Rows are
 * copied in groups into `buffer` first: few instructions a row, so that many cache misses overlap (measured: less than half the time on 1M rows).
 */
export function addToHistogram(
  index: usize, a: i32, b: i32, bins: usize, rowStride: usize, gradients: usize, packed: usize, n256: i32, n32: i32, n4: i32, buffer: usize, group: i32,
): void {
  const width = (<usize>(n256 + n32 + n4) + 7) & ~7;
  const copies = buffer + width * <usize>group;
  const at32 = packed + (<usize>n256 << 11);
  const at4 = at32 + (<usize>n32 << 8);
  for (let start = a; start < b; start += group) {
    const n = min(group, b - start);
    let to = buffer, toGradient = copies, from = index + (<usize>start << 2);
    for (let i = 0; i < n; i++) {
      const r = <usize>load<u32>(from);
      from += 4;
      store<i64>(toGradient, load<i64>(gradients + (r << 3)));
      toGradient += 8;
      const source = bins + r * rowStride;
      for (let q: usize = 0; q < width; q += 8) store<u64>(to + q, load<u64>(source + q));
      to += width;
    }
    let row = buffer, gradient = copies;
    for (let i = 0; i < n; i++) {
      const g = load<i64>(gradient);
      gradient += 8;
      if (n256) addRow(row, n256, packed, g, 2048);
      if (n32) addRow(row + n256, n32, at32, g, 256);
      if (n4) addRow(row + n256 + n32, n4, at4, g, 32);
      row += width;
    }
  }
}

/**
 * Unpacks n bins into sums and clears the packed ones. A packed value is g << gShift | h << hShift | count. `sums` gets pairs (h, g) of float64, which hold
 * whole numbers exactly; `counts` gets float64 counts unless it is 0. `first` overwrites, else adds.
 */
export function unpackHistogram(packed: usize, n: i32, gShift: i32, hShift: i32, sums: usize, counts: usize, first: i32): void {
  const hMask: i64 = (<i64>1 << (gShift - hShift)) - 1;
  const cMask: i64 = (<i64>1 << hShift) - 1;
  for (let i = 0; i < n; i++) {
    const v = load<i64>(packed + (<usize>i << 3));
    const o = sums + (<usize>i << 4);
    const pair = f64x2.replace_lane(f64x2.splat(<f64>((v >> hShift) & hMask)), 1, <f64>(v >> gShift));
    v128.store(o, first ? pair : f64x2.add(v128.load(o), pair));
    if (counts) {
      const c = counts + (<usize>i << 3);
      const count = <f64>(v & cMask);
      store<f64>(c, first ? count : load<f64>(c) + count);
    }
  }
  memory.fill(packed, 0, <usize>n << 3);
}

/** into[i] += from[i] over n float64 values (even n). */
export function addSums(into: usize, from: usize, n: i32): void {
  for (let o: usize = 0; o < <usize>n << 3; o += 16) v128.store(into + o, f64x2.add(v128.load(into + o), v128.load(from + o)));
}

/** into[i] = parent[i] - sibling[i] over n float64 values (even n). */
export function subtractSums(into: usize, parent: usize, sibling: usize, n: i32): void {
  for (let o: usize = 0; o < <usize>n << 3; o += 16) v128.store(into + o, f64x2.sub(v128.load(parent + o), v128.load(sibling + o)));
}

export function clear(at: usize, bytes: usize): void {
  memory.fill(at, 0, bytes);
}
export function copy(to: usize, from: usize, bytes: usize): void {
  memory.copy(to, from, bytes);
}
