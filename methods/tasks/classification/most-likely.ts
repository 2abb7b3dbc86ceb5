/** Index of the most likely class of each row, the first among equals; NaN where there are no probabilities. @param probabilities [rows, classes], row-major */
export function mostLikely(probabilities: Float64Array, rows: number): Float64Array {
  const classes = rows === 0 ? 0 : probabilities.length / rows;
  const prediction = new Float64Array(rows);
  for (let row = 0; row < rows; row++) {
    let best = 0;
    for (let k = 1; k < classes; k++)
      if ((probabilities[row * classes + k] ?? 0) > (probabilities[row * classes + best] ?? 0)) best = k;
    prediction[row] = Number.isNaN(probabilities[row * classes] ?? NaN) ? NaN : best;
  }
  return prediction;
}
