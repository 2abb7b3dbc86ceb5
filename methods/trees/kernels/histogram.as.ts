// Sums of gradients by bin. A row's gradients are one 64-bit integer, so that a bin takes one addition; integers make the sums the same in any order.
// Features stand by class of width: first those with 256 bins, then 32, then 4 (one-hot columns), so that narrow ones stay cheap.

// Adds g to the bins of eight neighbouring features. Their histograms are a constant apart, which must stand in the instruction itself (an addition
// less for each update), and AssemblyScript takes only literals there.
// @ts-ignore decorator
@inline function addEight256(w: u64, h: usize, g: i64): void {
  let p = h + (<usize>(w & 255) << 3);
  store<i64>(p, load<i64>(p) + g);
  p = h + (<usize>((w >> 8) & 255) << 3);
  store<i64>(p, load<i64>(p, 2048) + g, 2048);
  p = h + (<usize>((w >> 16) & 255) << 3);
  store<i64>(p, load<i64>(p, 4096) + g, 4096);
  p = h + (<usize>((w >> 24) & 255) << 3);
  store<i64>(p, load<i64>(p, 6144) + g, 6144);
  p = h + (<usize>((w >> 32) & 255) << 3);
  store<i64>(p, load<i64>(p, 8192) + g, 8192);
  p = h + (<usize>((w >> 40) & 255) << 3);
  store<i64>(p, load<i64>(p, 10240) + g, 10240);
  p = h + (<usize>((w >> 48) & 255) << 3);
  store<i64>(p, load<i64>(p, 12288) + g, 12288);
  p = h + (<usize>(w >> 56) << 3);
  store<i64>(p, load<i64>(p, 14336) + g, 14336);
}
// @ts-ignore decorator
@inline function addEight4(w: u64, h: usize, g: i64): void {
  let p = h + (<usize>(w & 255) << 3);
  store<i64>(p, load<i64>(p) + g);
  p = h + (<usize>((w >> 8) & 255) << 3);
  store<i64>(p, load<i64>(p, 32) + g, 32);
  p = h + (<usize>((w >> 16) & 255) << 3);
  store<i64>(p, load<i64>(p, 64) + g, 64);
  p = h + (<usize>((w >> 24) & 255) << 3);
  store<i64>(p, load<i64>(p, 96) + g, 96);
  p = h + (<usize>((w >> 32) & 255) << 3);
  store<i64>(p, load<i64>(p, 128) + g, 128);
  p = h + (<usize>((w >> 40) & 255) << 3);
  store<i64>(p, load<i64>(p, 160) + g, 160);
  p = h + (<usize>((w >> 48) & 255) << 3);
  store<i64>(p, load<i64>(p, 192) + g, 192);
  p = h + (<usize>(w >> 56) << 3);
  store<i64>(p, load<i64>(p, 224) + g, 224);
}

// One feature at `row` for n rows that are `width` bytes apart: what is left over of the eights, or a class that is seldom long.
// @ts-ignore decorator
@inline function addOne(row: usize, width: usize, gradient: usize, n: i32, h: usize): void {
  for (const end = gradient + (<usize>n << 3); gradient < end; gradient += 8) {
    const p = h + (<usize>load<u8>(row) << 3);
    store<i64>(p, load<i64>(p) + load<i64>(gradient));
    row += width;
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
    const end = copies + (<usize>n << 3);
    let f = 0;
    // Eight features' histograms (16 KiB) stay in the nearest cache while the group passes.
    for (; f + 8 <= n256; f += 8) {
      const h = packed + (<usize>f << 11);
      let row = buffer + f;
      for (let gradient = copies; gradient < end; gradient += 8) {
        addEight256(load<u64>(row), h, load<i64>(gradient));
        row += width;
      }
    }
    for (; f < n256; f++) addOne(buffer + f, width, copies, n, packed + (<usize>f << 11));
    for (let k = 0; k < n32; k++) addOne(buffer + n256 + k, width, copies, n, at32 + (<usize>k << 8));
    for (f = 0; f + 8 <= n4; f += 8) {
      const h = at4 + (<usize>f << 5);
      let row = buffer + n256 + n32 + f;
      for (let gradient = copies; gradient < end; gradient += 8) {
        addEight4(load<u64>(row), h, load<i64>(gradient));
        row += width;
      }
    }
    for (; f < n4; f++) addOne(buffer + n256 + n32 + f, width, copies, n, at4 + (<usize>f << 5));
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

export function copy(to: usize, from: usize, bytes: usize): void {
  memory.copy(to, from, bytes);
}
