/** The answer of a service in parts that a person reads: what is predicted, and how sure. */
import * as z from 'zod';

const prediction = z.looseObject({
  prediction: z.union([z.string(), z.number(), z.boolean(), z.null()]),
  probabilities: z.record(z.string(), z.number().nullable()).nullish(),
  note: z.string().nullish(),
});
const body = z.object({ predictions: z.array(prediction) });

export interface ReadPrediction {
  /** What is predicted; null: nothing, `note` says why. */
  text: string | null;
  /** The chances of the classes, greatest first. */
  chances: { label: string; chance: number }[];
  /** Numbers beside it, such as the bounds of an interval. */
  figures: { name: string; text: string }[];
  note: string | null;
}

/** The first prediction of an answer; undefined: the answer is of another form, such as an error. */
export function readPrediction(answer: unknown): ReadPrediction | undefined {
  const parsed = body.safeParse(answer);
  const first = parsed.success ? parsed.data.predictions[0] : undefined;
  if (first === undefined) return undefined;
  const { prediction: value, probabilities, note, ...others } = first;
  return {
    text: value === null ? null : typeof value === 'number' ? sayNumber(value) : String(value),
    chances: Object.entries(probabilities ?? {})
      .flatMap(([label, chance]) => (chance === null ? [] : [{ label, chance }]))
      .sort((a, b) => b.chance - a.chance),
    figures: Object.entries(others).flatMap(([name, figure]) =>
      typeof figure === 'number' ? [{ name, text: sayNumber(figure) }] : [],
    ),
    note: note ?? null,
  };
}

const sayNumber = (value: number): string => String(Number(value.toPrecision(6)));
