/**
 * Parameters under which the conformance suite runs a relational kind, beside its defaults: the smallest that make it do what it is for. A kind's folder has them
 * in `trials.ts`, where they are needed; no program loads these files.
 */
export interface TrialColumns {
  number: string;
  text: string;
  time: string;
  boolean: string;
  integer: string;
}
export type KindTrials = (columns: TrialColumns) => readonly Readonly<Record<string, unknown>>[];

/** A column's name in an SQL expression. */
export const inQuotes = (name: string): string => `"${name.replaceAll('"', '""')}"`;
