// Losses and their gradients as packed integers. Everything here is plain IEEE arithmetic in a fixed order: the same bits on every machine.

const LOG2E: f32 = 1.4426950408889634;
const LN2: f32 = 0.6931471805599453;

// e^x in float32 (relative error about 1e-7): 2^k times a polynomial for the rest.
// @ts-ignore decorator
@inline function exp4(x: v128): v128 {
  const t = f32x4.pmin(f32x4.pmax(f32x4.mul(x, f32x4.splat(LOG2E)), f32x4.splat(-126)), f32x4.splat(126));
  const k = f32x4.nearest(t);
  const r = f32x4.sub(t, k);
  let p = f32x4.splat(1.5403530e-4);
  p = f32x4.add(f32x4.mul(p, r), f32x4.splat(1.3333558e-3));
  p = f32x4.add(f32x4.mul(p, r), f32x4.splat(9.6181291e-3));
  p = f32x4.add(f32x4.mul(p, r), f32x4.splat(5.5504109e-2));
  p = f32x4.add(f32x4.mul(p, r), f32x4.splat(2.4022651e-1));
  p = f32x4.add(f32x4.mul(p, r), f32x4.splat(6.9314718e-1));
  p = f32x4.add(f32x4.mul(p, r), f32x4.splat(1));
  return f32x4.mul(p, <v128>i32x4.shl(i32x4.add(i32x4.trunc_sat_f32x4_s(k), i32x4.splat(127)), 23));
}

// ln x for x >= 1: exponent times ln 2, and the series of atanh for the mantissa.
// @ts-ignore decorator
@inline function log4(x: v128): v128 {
  const shifted = i32x4.sub(x, i32x4.splat(0x3f400000));
  const k = i32x4.shr_s(shifted, 23);
  const m = i32x4.sub(x, i32x4.shl(k, 23));
  const u = f32x4.div(f32x4.sub(m, f32x4.splat(1)), f32x4.add(m, f32x4.splat(1)));
  const u2 = f32x4.mul(u, u);
  let p = f32x4.splat(2.0 / 9);
  p = f32x4.add(f32x4.mul(p, u2), f32x4.splat(2.0 / 7));
  p = f32x4.add(f32x4.mul(p, u2), f32x4.splat(2.0 / 5));
  p = f32x4.add(f32x4.mul(p, u2), f32x4.splat(2.0 / 3));
  p = f32x4.add(f32x4.mul(p, u2), f32x4.splat(2));
  return f32x4.add(f32x4.mul(f32x4.convert_i32x4_s(k), f32x4.splat(LN2)), f32x4.mul(p, u));
}

// Four float64 scores as float32.
// @ts-ignore decorator
@inline function scores4(at: usize): v128 {
  return v128.shuffle<i32>(f32x4.demote_f64x2_zero(v128.load(at)), f32x4.demote_f64x2_zero(v128.load(at, 16)), 0, 1, 4, 5);
}

// @ts-ignore decorator
@inline function sum4(into: v128, v: v128): v128 {
  return f64x2.add(into, f64x2.add(f64x2.promote_low_f32x4(v), f64x2.promote_low_f32x4(v128.shuffle<i32>(v, v, 2, 3, 2, 3))));
}

// Rounds four gradients to integers and stores them packed. With a seed, rounding is by chance (a hash of row and seed) and so without bias: coarse steps
// then add noise far below that of the data (Shi et al., "Quantized Training of Gradient Boosting Decision Trees", 2022).
// @ts-ignore decorator
@inline function pack4(g: v128, h: v128, i: i32, seed: u32, gShift: i32, hShift: i32, to: usize): void {
  let gi: v128, hi: v128;
  if (seed) {
    let x = i32x4.add(i32x4.splat(i), i32x4(1, 2, 3, 4));
    x = i32x4.mul(x, i32x4.splat(0x9e3779b1));
    x = v128.xor(x, i32x4.splat(seed));
    x = v128.xor(x, i32x4.shr_u(x, 16));
    x = i32x4.mul(x, i32x4.splat(0x85ebca6b));
    x = v128.xor(x, i32x4.shr_u(x, 13));
    x = i32x4.mul(x, i32x4.splat(0xc2b2ae35));
    x = v128.xor(x, i32x4.shr_u(x, 16));
    const unit = f32x4.splat(1.0 / 65536);
    gi = f32x4.floor(f32x4.add(g, f32x4.mul(f32x4.convert_i32x4_s(i32x4.shr_u(x, 16)), unit)));
    hi = f32x4.floor(f32x4.add(h, f32x4.mul(f32x4.convert_i32x4_s(v128.and(x, i32x4.splat(0xffff))), unit)));
  } else {
    gi = f32x4.nearest(g);
    hi = f32x4.nearest(h);
  }
  gi = i32x4.trunc_sat_f32x4_s(gi);
  hi = i32x4.trunc_sat_f32x4_s(hi);
  const one = i64x2.splat(hShift ? 1 : 0);
  v128.store(to, i64x2.add(i64x2.add(i64x2.shl(i64x2.extend_low_i32x4_s(gi), gShift), i64x2.shl(i64x2.extend_low_i32x4_s(hi), hShift)), one));
  v128.store(to, i64x2.add(i64x2.add(i64x2.shl(i64x2.extend_high_i32x4_s(gi), gShift), i64x2.shl(i64x2.extend_high_i32x4_s(hi), hShift)), one), 16);
}

/**
 * Binary logistic loss of rows [a, b) (multiples of 4; padding has score -200, target 0 and weight 0) and, unless `gradients` is 0, its packed gradients.
 * target: float32 0 to 1; weights: float32 or 0. Gives the sum of the losses.
 */
export function logistic(
  scores: usize, target: usize, weights: usize, a: i32, b: i32, gradients: usize, gScale: f32, hScale: f32, gShift: i32, hShift: i32, seed: u32,
): f64 {
  let loss = f64x2.splat(0);
  const one = f32x4.splat(1), zero = f32x4.splat(0);
  for (let i = a; i < b; i += 4) {
    const s = scores4(scores + (<usize>i << 3));
    const y = v128.load(target + (<usize>i << 2));
    const w = weights ? v128.load(weights + (<usize>i << 2)) : one;
    const e = exp4(f32x4.neg(f32x4.abs(s)));
    const above = f32x4.add(one, e);
    loss = sum4(loss, f32x4.mul(w, f32x4.add(f32x4.sub(f32x4.pmax(s, zero), f32x4.mul(y, s)), log4(above))));
    if (!gradients) continue;
    const p = f32x4.div(v128.bitselect(one, e, f32x4.ge(s, zero)), above);
    const g = f32x4.mul(w, f32x4.sub(p, y));
    const h = f32x4.mul(w, f32x4.div(e, f32x4.mul(above, above)));
    pack4(f32x4.mul(g, f32x4.splat(gScale)), f32x4.mul(h, f32x4.splat(hScale)), i, seed, gShift, hShift, gradients + (<usize>i << 3));
  }
  return f64x2.extract_lane(loss, 0) + f64x2.extract_lane(loss, 1);
}

/**
 * Softmax of `classes` scores (class by class, `classStride` bytes apart): writes the logarithm of each row's sum of exponentials (float32) and gives the
 * sum of the losses of rows [a, b). target: class ids (int32).
 */
export function softmaxLoss(scores: usize, classStride: usize, classes: i32, target: usize, weights: usize, a: i32, b: i32, logSums: usize): f64 {
  let loss: f64 = 0;
  for (let i = a; i < b; i += 4) {
    const at = scores + (<usize>i << 3);
    let top = scores4(at);
    for (let k = 1; k < classes; k++) top = f32x4.pmax(top, scores4(at + <usize>k * classStride));
    let sum = f32x4.splat(0);
    for (let k = 0; k < classes; k++) sum = f32x4.add(sum, exp4(f32x4.sub(scores4(at + <usize>k * classStride), top)));
    v128.store(logSums + (<usize>i << 2), f32x4.add(top, log4(sum)));
    for (let j = i; j < min(i + 4, b); j++) {
      const own = <f32>load<f64>(scores + <usize>load<u32>(target + (<usize>j << 2)) * classStride + (<usize>j << 3));
      const w = weights ? load<f32>(weights + (<usize>j << 2)) : <f32>1;
      loss += <f64>(w * (load<f32>(logSums + (<usize>j << 2)) - own));
    }
  }
  return loss;
}

/** Packed gradients of class k: p - (y is k), and 2 p (1 - p), which bounds the softmax's true curvature whatever the other classes do. */
export function softmaxGradients(
  scores: usize, logSums: usize, target: usize, k: i32, weights: usize, a: i32, b: i32, gradients: usize, gScale: f32, hScale: f32, gShift: i32, hShift: i32, seed: u32,
): void {
  const one = f32x4.splat(1);
  for (let i = a; i < b; i += 4) {
    const p = f32x4.pmin(exp4(f32x4.sub(scores4(scores + (<usize>i << 3)), v128.load(logSums + (<usize>i << 2)))), one);
    const y = v128.and(i32x4.eq(v128.load(target + (<usize>i << 2)), i32x4.splat(k)), one);
    const w = weights ? v128.load(weights + (<usize>i << 2)) : one;
    const g = f32x4.mul(w, f32x4.sub(p, y));
    const h = f32x4.mul(w, f32x4.mul(f32x4.add(p, p), f32x4.sub(one, p)));
    pack4(f32x4.mul(g, f32x4.splat(gScale)), f32x4.mul(h, f32x4.splat(hScale)), i, seed, gShift, hShift, gradients + (<usize>i << 3));
  }
}

/** Weighted squared residuals of rows [a, b): gives their sum; the largest weighted residual goes to `largest` (float64). target: float64. */
export function squaredLoss(scores: usize, target: usize, weights: usize, a: i32, b: i32, largest: usize): f64 {
  let loss: f64 = 0, top = load<f64>(largest);
  for (let i = a; i < b; i++) {
    const r = load<f64>(scores + (<usize>i << 3)) - load<f64>(target + (<usize>i << 3));
    const w = weights ? <f64>load<f32>(weights + (<usize>i << 2)) : 1;
    loss += w * r * r;
    top = max(top, abs(w * r));
  }
  store<f64>(largest, top);
  return loss;
}

/** Packed gradients of half the squared error: w (score - target) and w. Without weights h is 1, the row itself. */
export function squaredGradients(
  scores: usize, target: usize, weights: usize, a: i32, b: i32, gradients: usize, gScale: f64, hScale: f64, gShift: i32, hShift: i32, seed: u32,
): void {
  for (let i = a; i < b; i++) {
    let g = (load<f64>(scores + (<usize>i << 3)) - load<f64>(target + (<usize>i << 3))) * gScale;
    let h: i64 = 1;
    if (weights) {
      const w = <f64>load<f32>(weights + (<usize>i << 2));
      g *= w;
      const x = draw(<u32>i + 1, seed);
      g = seed ? floor(g + <f64>(x >> 16) / 65536) : nearest(g);
      h = <i64>(seed ? floor(w * hScale + <f64>(x & 0xffff) / 65536) : nearest(w * hScale));
    } else g = nearest(g);
    store<i64>(gradients + (<usize>i << 3), (<i64>g << gShift) + (h << hShift) + (hShift ? 1 : 0));
  }
}

// @ts-ignore decorator
@inline function draw(i: u32, seed: u32): u32 {
  let x = i * 0x9e3779b1 ^ seed;
  x ^= x >> 16;
  x *= 0x85ebca6b;
  x ^= x >> 13;
  x *= 0xc2b2ae35;
  return x ^ (x >> 16);
}
