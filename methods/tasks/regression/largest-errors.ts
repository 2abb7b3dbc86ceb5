import type { WorstCase, WorstCases } from '../model-task.ts';

export const largestErrors: WorstCases = {
  find: ({ target, prediction, rows }) => {
    const cases: WorstCase[] = [];
    for (let row = 0; row < rows; row++) {
      const [truth, reported] = [target[row] ?? Number.NaN, prediction[row] ?? Number.NaN];
      const error = Math.abs(reported - truth);
      if (Number.isFinite(error))
        cases.push({
          row,
          badness: error,
          caption: `${say(truth)} → ${say(reported)}`,
          note: `off by ${say(error)}`,
          tone: 'plain',
        });
    }
    return { title: 'Largest errors', cases, say: (shown) => `The ${shown} images whose number is furthest off.` };
  },
};

const say = (value: number): string => (Number.isInteger(value) ? String(value) : value.toPrecision(4));
