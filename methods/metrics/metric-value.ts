/**
 * One measured number. Two values may be compared or drawn on one axis only if their signatures are equal: the signature holds every choice
 * that changes the number (average, what stands for 0 / 0, positive class, weights).
 */
export interface MetricValue {
  /** scikit-learn's name of the scorer, without `neg_`. */
  readonly name: string;
  /** NaN where the metric is undefined on these rows. */
  readonly value: number;
  readonly signature: string;
  /** Why the value is undefined, or was set by convention. One sentence. */
  readonly note?: string;
}

/** Raised when the definition of any metric changes, so that old values are never compared with new ones. */
const definition = 1;

/** `f1_macro|average=macro|weighted=no|zero_division=0|v1` */
export function metricSignature(name: string, choices: Readonly<Record<string, string | number | boolean>>): string {
  const parts = Object.entries(choices).map(
    ([key, value]) => `${key}=${typeof value === 'boolean' ? (value ? 'yes' : 'no') : value}`,
  );
  return [name, ...parts.sort(), `v${definition}`].join('|');
}

/** The positive class that a signature names; a label may hold the sign between two parts. */
export const positiveIn = (signature: string): string | undefined => /\|positive=(.*?)\|weighted=/.exec(signature)?.[1];
