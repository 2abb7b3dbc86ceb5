/**
 * Letters from a recogniser's output: at each step the likeliest sign; equal signs in a row are one, and the blank stands between (greedy connectionist temporal
 * classification, Graves et al. 2006).
 */
export interface ReadText {
  text: string;
  /** Mean probability of the signs that were taken; 0 where there is none. */
  confidence: number;
}

/**
 * @param probabilities shape [steps, signs.length + 1]; the first is the blank
 * @param signs in the order that the recogniser was taught
 */
export function decodeCtc(probabilities: Float32Array, signs: readonly string[]): ReadText {
  const size = signs.length + 1;
  let text = '';
  let sum = 0;
  let count = 0;
  let before = 0;
  for (let from = 0; from + size <= probabilities.length; from += size) {
    let best = 0;
    for (let k = 1; k < size; k++) if ((probabilities[from + k] ?? 0) > (probabilities[from + best] ?? 0)) best = k;
    if (best !== 0 && best !== before) {
      text += signs[best - 1] ?? '';
      sum += probabilities[from + best] ?? 0;
      count++;
    }
    before = best;
  }
  return { text, confidence: count === 0 ? 0 : sum / count };
}
