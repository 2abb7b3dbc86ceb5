/** P(T > t) for Student's t with the given degrees of freedom, t ≥ 0. */
export function studentTTail(t: number, degreesOfFreedom: number): number {
  if (Number.isNaN(t)) return NaN;
  if (t === Infinity) return 0;
  return 0.5 * incompleteBeta(degreesOfFreedom / 2, 0.5, degreesOfFreedom / (degreesOfFreedom + t * t));
}

/** The regularised incomplete beta function I_x(a, b), by the continued fraction DLMF 8.17.22 (modified Lentz), to about 1e-13. */
export function incompleteBeta(a: number, b: number, x: number): number {
  if (x <= 0) return 0;
  if (x >= 1) return 1;
  // The fraction converges fast on the left of the mean; the other side by symmetry.
  if (x > (a + 1) / (a + b + 2)) return 1 - incompleteBeta(b, a, 1 - x);
  const front = Math.exp(logGamma(a + b) - logGamma(a) - logGamma(b) + a * Math.log(x) + b * Math.log1p(-x)) / a;
  return front / betaFraction(a, b, x);
}

/** 1 + d1 / (1 + d2 / (1 + …)) */
function betaFraction(a: number, b: number, x: number): number {
  const tiny = 1e-300;
  let value = 1;
  let c = 1;
  let d = 0;
  for (let m = 1; m <= 400; m++) {
    const half = Math.floor(m / 2);
    const step =
      m % 2 === 0
        ? (half * (b - half) * x) / ((a + m - 1) * (a + m))
        : (-(a + half) * (a + b + half) * x) / ((a + m - 1) * (a + m));
    d = 1 + step * d;
    if (Math.abs(d) < tiny) d = tiny;
    d = 1 / d;
    c = 1 + step / c;
    if (Math.abs(c) < tiny) c = tiny;
    value *= c * d;
    if (Math.abs(c * d - 1) < 1e-15) break;
  }
  return value;
}

const stirling = [1 / 12, -1 / 360, 1 / 1260, -1 / 1680, 1 / 1188, -691 / 360360, 1 / 156];

/** ln Γ(x) for x > 0: Stirling's series (DLMF 5.11.1) above 10, the recurrence below. */
export function logGamma(x: number): number {
  let shift = 0;
  let z = x;
  while (z < 10) {
    shift += Math.log(z);
    z += 1;
  }
  let series = 0;
  let power = 1 / z;
  for (const factor of stirling) {
    series += factor * power;
    power /= z * z;
  }
  return (z - 0.5) * Math.log(z) - z + 0.5 * Math.log(2 * Math.PI) + series - shift;
}
