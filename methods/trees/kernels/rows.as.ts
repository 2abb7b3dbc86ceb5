// Moving rows: partition by a split, adding leaf values to scores, drawing samples, walking finished trees.

// Whether a bin goes left, without a branch: with missing to the left (shift 1) the missing bin, the last of its class, wraps round to 0.
// @ts-ignore decorator
@inline function goesLeft(bin: u32, cut: u32, shift: u32, mask: u32): u32 {
  return <u32>(((bin + shift) & mask) <= cut + shift);
}

/** Splits index[a..b) into left[a..] and right[a..], both in the old order. `mask` is the class width less one. Gives how many went left. */
export function partition(index: usize, a: i32, b: i32, column: usize, cut: u32, missingLeft: u32, mask: u32, left: usize, right: usize): i32 {
  let l = left + (<usize>a << 2), r = right + (<usize>a << 2);
  const start = l;
  for (let i = a; i < b; i++) {
    const row = load<u32>(index + (<usize>i << 2));
    const go = <usize>goesLeft(<u32>load<u8>(column + row), cut, missingLeft, mask) << 2;
    store<u32>(l, row);
    store<u32>(r, row);
    l += go;
    r += 4 - go;
  }
  return <i32>((l - start) >> 2);
}

/** index[i] = i for i in [a, b). */
export function countUp(index: usize, a: i32, b: i32): void {
  for (let i = a; i < b; i++) store<u32>(index + (<usize>i << 2), i);
}

// Thomas Wang's style of integer mixing with the constants of MurmurHash3's finaliser.
// @ts-ignore decorator
@inline function mix(x: u32): u32 {
  x ^= x >> 16;
  x *= 0x85ebca6b;
  x ^= x >> 13;
  x *= 0xc2b2ae35;
  return x ^ (x >> 16);
}

/** Draws rows [a, b) with chance limit / 2^32 each, by a hash of the row and the seed: no thread count and no order can change it. Gives how many are in. */
export function drawRows(a: i32, b: i32, seed: u32, limit: u32, inside: usize, outside: usize): i32 {
  let l = inside + (<usize>a << 2), r = outside + (<usize>a << 2);
  const start = l;
  for (let i = a; i < b; i++) {
    const go: usize = mix(mix(<u32>i + 0x9e3779b9) ^ seed) < limit ? 4 : 0;
    store<u32>(l, i);
    store<u32>(r, i);
    l += go;
    r += 4 - go;
  }
  return <i32>((l - start) >> 2);
}

/** score[index[i]] += value for i in [a, b). */
export function addToScores(index: usize, a: i32, b: i32, scores: usize, value: f64): void {
  for (let i = a; i < b; i++) {
    const p = scores + (<usize>load<u32>(index + (<usize>i << 2)) << 3);
    store<f64>(p, load<f64>(p) + value);
  }
}

/**
 * Adds a tree's leaf values to rows by their bins. A node has 24 bytes: feature (int32, -1 for a leaf), cut, missing left, mask (bytes 4, 5, 6), left child
 * (int32, the right one follows it), value (float64 at 16). `index` of 0: the rows [a, b) themselves.
 */
export function walkTree(nodes: usize, index: usize, a: i32, b: i32, bins: usize, rowStride: usize, scores: usize): void {
  for (let i = a; i < b; i++) {
    const r = index ? <usize>load<u32>(index + (<usize>i << 2)) : <usize>i;
    const row = bins + r * rowStride;
    let node = nodes;
    let feature = load<i32>(node);
    while (feature >= 0) {
      const left = goesLeft(<u32>load<u8>(row + feature), load<u8>(node, 4), load<u8>(node, 5), load<u8>(node, 6));
      node = nodes + <usize>(load<i32>(node, 8) + 1 - <i32>left) * 24;
      feature = load<i32>(node);
    }
    const p = scores + (r << 3);
    store<f64>(p, load<f64>(p) + load<f64>(node, 16));
  }
}

export function fillScores(scores: usize, a: i32, b: i32, value: f64): void {
  for (let i = a; i < b; i++) store<f64>(scores + (<usize>i << 3), value);
}
