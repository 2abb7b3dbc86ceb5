/** How a freshly trained classifier does on the rows that were watched: which classes it confuses, and whether its probabilities can be taken at their word. */
import type { ReportBlock } from '../../shared/report.ts';
import { confusionBlock } from '../evaluation/classification-blocks.ts';
import { calibrationBins, calibrationChart, topCalibration } from '../evaluation/classification-charts.ts';
import { scoreClassification } from '../metrics/score-classification.ts';
import { mostLikely } from '../tasks/classification/most-likely.ts';

/** @param probabilities [rows, classes], row-major */
export function validationBlocks(
  classes: readonly string[],
  positive: number,
  truth: Int32Array,
  probabilities: Float64Array,
): ReportBlock[] {
  const rows = truth.length;
  if (rows === 0) return [];
  const predicted = Int32Array.from(mostLikely(probabilities, rows));
  const scores = scoreClassification({ classes, truth, probabilities, predicted, positive });
  const confusion = confusionBlock(scores, classes, []);
  const calibration =
    classes.length === 2
      ? calibrationChart(
          classes[positive] ?? '',
          calibrationBins(
            Uint8Array.from(truth, (k) => (k === positive ? 1 : 0)),
            Float64Array.from({ length: rows }, (_, row) => probabilities[2 * row + positive] ?? 0),
            undefined,
          ),
        )
      : topCalibration(truth, predicted, probabilities, classes.length);
  const where = `on the ${rows.toLocaleString('en')} rows that were watched`;
  return [
    { ...confusion, title: `${confusion.title} ${where}` },
    { ...calibration, title: `${calibration.title} ${where}` },
  ];
}
