/**
 * What a table is, by the steps that made it. Two tables with one sign were made in the same way, of whatever files: a model that was taught behind one of them
 * can be asked about the other. Names of columns say nothing about that.
 */
import { compactJson } from '../../../shared/pipeline/canonical.ts';
import { hashText } from '../../files/hash-text.ts';
import type { Provenance, ProvenanceBase, ProvenanceStep } from './table-value.ts';

/** Rows as a reader gives them, of whatever file. */
export const readerSign = 'reader';

export const signOf = (parts: readonly unknown[]): string =>
  hashText(compactJson(JSON.parse(JSON.stringify(parts)))).slice(0, 32);

type SignedStep = Pick<ProvenanceStep, 'sql'> & { sign?: string | undefined; place?: string | undefined };
/** The table after each step, the base first. A choice of rows for training leaves what a row is as it was. */
export function placeSigns(base: string, steps: readonly SignedStep[]): string[] {
  const signs = [base];
  for (const step of steps) {
    const before = signs.at(-1) ?? base;
    signs.push(step.place ?? (step.sql === null ? before : signOf([before, step.sign])));
  }
  return signs;
}

/** What the rows at the end are, each by itself. */
export const finalSign = ({ base, steps }: Provenance): string => placeSigns(base.sign, steps).at(-1) ?? base.sign;

/** The whole table with its choices of rows, to whoever sums them up. */
export const tableSign = ({ base, steps }: Provenance): string =>
  signOf([base.sign, ...steps.map((step) => step.sign)]);

/** A base that was made of other tables. */
export function madeBase(
  base: Pick<ProvenanceBase, 'key' | 'columns'>,
  made: NonNullable<ProvenanceBase['made']>,
  from: ReadonlyMap<string, readonly Provenance[]>,
  how: readonly unknown[],
): ProvenanceBase {
  const inputs = [...from].map(([port, provenances]) => [port, provenances.map(tableSign)]);
  return { ...base, made, from: [...from.values()].flat(), sign: signOf([made.kind, inputs, ...how]) };
}
