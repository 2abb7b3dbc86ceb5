// From float32 values to bins: sorted samples, cuts between values, and the search of a value's bin.

// A float's bits as an unsigned integer of the same order.
// @ts-ignore decorator
@inline function toKey(bits: u32): u32 {
  return bits ^ (<u32>(<i32>bits >> 31) | 0x80000000);
}
// @ts-ignore decorator
@inline function fromKey(key: u32): u32 {
  return key ^ ((key & 0x80000000) != 0 ? 0x80000000 : 0xffffffff);
}

/**
 * Cleans and sorts n floats in place by four passes of radix 256: NaN is dropped, infinities become the largest finite numbers, minus zero becomes
 * zero. `other` has room for n floats, `counts` for 1,024 integers. Gives how many values are left.
 */
export function sortSample(values: usize, other: usize, n: i32, counts: usize): i32 {
  memory.fill(counts, 0, 4096);
  let kept = 0;
  for (let i = 0; i < n; i++) {
    let v = load<f32>(values + (<usize>i << 2));
    if (v != v) continue;
    v = min<f32>(max<f32>(v, -f32.MAX_VALUE), f32.MAX_VALUE) + <f32>0;
    if (v == 0) v = 0;
    const key = toKey(reinterpret<u32>(v));
    store<u32>(values + (<usize>kept << 2), key);
    kept++;
    for (let pass: u32 = 0; pass < 4; pass++) {
      const at = counts + (<usize>pass << 10) + (<usize>((key >> (pass << 3)) & 255) << 2);
      store<u32>(at, load<u32>(at) + 1);
    }
  }
  let from = values, to = other;
  for (let pass: u32 = 0; pass < 4; pass++) {
    const table = counts + (<usize>pass << 10);
    let sum: u32 = 0;
    for (let b: usize = 0; b < 1024; b += 4) {
      const count = load<u32>(table + b);
      store<u32>(table + b, sum);
      sum += count;
    }
    for (let i = 0; i < kept; i++) {
      const key = load<u32>(from + (<usize>i << 2));
      const at = table + (<usize>((key >> (pass << 3)) & 255) << 2);
      const place = load<u32>(at);
      store<u32>(at, place + 1);
      store<u32>(to + (<usize>place << 2), key);
    }
    const swap = from;
    from = to;
    to = swap;
  }
  for (let i = 0; i < kept; i++) {
    const at = values + (<usize>i << 2);
    store<u32>(at, fromKey(load<u32>(at)));
  }
  return kept;
}

// A cut in the middle of two neighbours a < b, such that a <= cut < b holds in float32.
// @ts-ignore decorator
@inline function between(a: f32, b: f32): f32 {
  let middle = <f32>((<f64>a + <f64>b) * 0.5);
  if (!(middle < b)) middle = a;
  return middle == 0 ? 0 : middle;
}

// The end of the run of equal values that starts at i.
// @ts-ignore decorator
@inline function runEnd(sorted: usize, i: i32, n: i32): i32 {
  const v = load<f32>(sorted + (<usize>i << 2));
  let j = i + 1;
  while (j < n && load<f32>(sorted + (<usize>j << 2)) == v) j++;
  return j;
}

/**
 * Writes at most maxBins - 1 ascending cuts and fills the table of 256 with +infinity. Few distinct values get a bin each; else a value that fills a
 * bin alone gets its own, and the rest is dealt out evenly. Gives the number of bins.
 */
export function makeCuts(sorted: usize, n: i32, maxBins: i32, cuts: usize): i32 {
  for (let b: usize = 0; b < 1024; b += 4) store<f32>(cuts + b, Infinity);
  if (n == 0) return 1;
  let distinct = 0;
  for (let i = 0; i < n; i = runEnd(sorted, i, n)) distinct++;
  const share = <f64>n / <f64>maxBins;
  let rest = n, restBins = maxBins;
  if (distinct > maxBins) {
    for (let i = 0; i < n; ) {
      const j = runEnd(sorted, i, n);
      if (<f64>(j - i) >= share) { rest -= j - i; restBins--; }
      i = j;
    }
  }
  let target = <f64>rest / <f64>max(restBins, 1);
  let count = 0, filled = 0;
  for (let i = 0; i < n; ) {
    const j = runEnd(sorted, i, n);
    if (j == n) break;
    let close = distinct <= maxBins;
    if (!close) {
      const heavy = <f64>(j - i) >= share;
      const nextHeavy = <f64>(runEnd(sorted, j, n) - j) >= share;
      filled += j - i;
      close = heavy || <f64>filled >= target || nextHeavy;
      if (close && !heavy) {
        rest -= filled;
        restBins--;
        target = <f64>rest / <f64>max(restBins, 1);
      }
      if (close) filled = 0;
    }
    if (close && count < maxBins - 1) {
      store<f32>(cuts + (<usize>count << 2), between(load<f32>(sorted + (<usize>i << 2)), load<f32>(sorted + (<usize>j << 2))));
      count++;
    }
    i = j;
  }
  return count + 1;
}

// One step of the search: how many cuts are below v, halving without a branch.
// @ts-ignore decorator
@inline function step(cuts: usize, p: usize, half: usize, v: f32): usize {
  return p + (load<f32>(cuts + ((p + half - 1) << 2)) < v ? half : 0);
}

/**
 * Bins one column of a block of n rows: `x` is the column's first value, `xStride` the row's length in bytes. A value's bin is the number of cuts below
 * it; NaN goes to `missing`. Written twice: by column for the partition, by row for the histograms (a column of 0 is not written). `width` is the
 * column's class (4, 32 or 256 bins).
 */
export function binColumn(x: usize, xStride: usize, n: i32, cuts: usize, width: i32, column: usize, row: usize, rowStride: usize): void {
  const missing = width - 1;
  for (let i = 0; i < n; i++) {
    const v = load<f32>(x);
    let p: usize = 0;
    if (width == 256) {
      p = step(cuts, p, 128, v);
      p = step(cuts, p, 64, v);
      p = step(cuts, p, 32, v);
    }
    if (width >= 32) {
      p = step(cuts, p, 16, v);
      p = step(cuts, p, 8, v);
      p = step(cuts, p, 4, v);
    }
    p = step(cuts, p, 2, v);
    p = step(cuts, p, 1, v);
    const bin = v != v ? missing : <i32>p;
    store<u8>(row, <u8>bin);
    if (column) store<u8>(column + <usize>i, <u8>bin);
    x += xStride;
    row += rowStride;
  }
}
