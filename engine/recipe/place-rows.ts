/**
 * Where along a model's recipe rows stand: known by how they were made, never by the names of their columns. What the recipe does behind that place is applied;
 * rows that lack what no recipe can repeat row by row are refused by its name.
 */
import { append } from '../../shared/append.ts';
import { fail } from '../../shared/errors.ts';
import { rowColumn } from '../../shared/wires.ts';
import { placeSigns } from './compose/provenance.ts';
import type { TableValue, Provenance, ProvenanceStep } from './compose/table-value.ts';
import { baseSign, recipeKeys, type ModelFile } from './model-file.ts';

export interface Place {
  /** Steps of the recipe that the rows carry. */
  carried: number;
  /** The very table that the model was taught on its way, unchanged: its columns are as the next step reads them. */
  isOwn: boolean;
  /** What the rows went through beside the recipe, which knows nothing of it. */
  beside: readonly Beside[];
}
export type Beside = { step: ProvenanceStep } | { made: Provenance['base'] };

/** A table on the way to the rows, and what they went through behind it. */
interface Passed {
  key: string;
  beside: () => Beside[];
}

/** Every table that the rows came from by its sign, the rows themselves first. What two of them were made from is looked at once. */
function passedBy(provenance: Provenance): Map<string, Passed> {
  const found = new Map<string, Passed>();
  const seen = new Set<string>();
  const waiting: { provenance: Provenance; behind: () => Beside[] }[] = [{ provenance, behind: () => [] }];
  for (const { provenance: one, behind } of waiting) {
    const { base, steps } = one;
    const from = (place: number): Beside[] => [...steps.slice(place).map((step) => ({ step })), ...behind()];
    const signs = placeSigns(base.sign, steps);
    for (let place = signs.length - 1; place >= 0; place--) {
      const sign = signs[place] ?? '';
      if (!found.has(sign)) found.set(sign, { key: steps[place - 1]?.key ?? base.key, beside: () => from(place) });
    }
    if (seen.has(base.key)) continue;
    seen.add(base.key);
    for (const before of base.from ?? [])
      waiting.push({ provenance: before, behind: () => [{ made: base }, ...from(0)] });
  }
  return found;
}

/** It leaves rows out and changes none. */
const isChoice = (beside: Beside): boolean => 'step' in beside && beside.step.sql === null;

/** The furthest place of the recipe that the rows have come by. */
export function placeRows(model: ModelFile, { provenance }: Pick<TableValue, 'provenance'>): Place {
  const signs = signsOf(model);
  const keys = recipeKeys(model);
  const passed = passedBy(provenance);
  for (let carried = signs.length - 1; carried >= 0; carried--) {
    const found = signs[carried]?.flatMap((sign) => passed.get(sign) ?? [])[0];
    if (found === undefined) continue;
    const beside = found.beside();
    return { carried, isOwn: found.key === keys[carried] && beside.every(isChoice), beside };
  }
  throw lacking(model, provenance);
}

/** What rows are at each place: with what no row alone can pass, and, since the prediction needs nothing of that, without. */
function signsOf(model: ModelFile): string[][] {
  const base = baseSign(model);
  const without = placeSigns(
    base,
    model.steps.map(({ place, ...step }) => (place === undefined ? step : { ...step, sql: null })),
  );
  return placeSigns(base, model.steps).map((sign, i) =>
    model.steps[i - 1]?.place === undefined ? [sign, without[i] ?? sign] : [sign],
  );
}

/** Rows from another place than the recipe's begin: without what was done between. */
function lacking({ base }: ModelFile, provenance: Provenance): Error {
  const title = base.made?.title ?? 'the reader';
  const through = titlesOf(provenance);
  return fail('model.other-recipe', {
    message: `The model begins behind "${title}", which it cannot repeat for a row alone, and these rows have not gone through it${through.length === 0 ? '' : ` (they went through ${through.map((one) => `"${one}"`).join(', ')})`}.`,
    mend: `Wire rows from behind "${title}", or let these rows pass a node with the same settings, and all that stands before it, first.`,
    port: 'rows',
    facts: { expects: title },
  });
}

function titlesOf({ base, steps }: Provenance): string[] {
  return [...(base.made === undefined ? [] : [base.made.title]), ...steps.map((step) => step.title)];
}

/** Have the rows, or what they were made from, been on the way to the model? It may have learnt from them. */
export function wereOnTheWay(model: ModelFile, { provenance }: Pick<TableValue, 'provenance'>): boolean {
  const keys = new Set(recipeKeys(model));
  return allProvenances(provenance).some(
    ({ base, steps }) => keys.has(base.key) || steps.some((step) => keys.has(step.key)),
  );
}

/** The rows' own way, and those of the tables that they were made from. */
function allProvenances(provenance: Provenance): Provenance[] {
  const provenances = [provenance];
  const seen = new Set<string>();
  for (const { base } of provenances) {
    if (seen.has(base.key)) continue;
    seen.add(base.key);
    append(provenances, base.from ?? []);
  }
  return provenances;
}

/**
 * Training rows behind a step that taught them (means of the target without their own fold) carry other values than a model gives: they are answered from the
 * rows before that step, as they would be anywhere else. Undefined: the rows carry nothing of that sort.
 */
export function untaught(rows: TableValue, { carried }: Place, model: ModelFile): TableValue | undefined {
  const signs = new Set(
    signsOf(model)
      .slice(0, carried + 1)
      .flat(),
  );
  const first = taughtSteps(rows.provenance).find(({ sign }) => signs.has(sign));
  if (first === undefined) return undefined;
  if (!rows.hidden.includes(rowColumn))
    throw fail('model.taught-rows', {
      message: `"${first.step.title}" gives training rows values learnt without them, and these rows were mixed behind it: the model cannot tell which is which.`,
      mend: `Wire rows from before "${first.step.title}".`,
      port: 'rows',
    });
  return first.taught;
}

/** The steps of that sort that the rows have gone through, the first of them first. */
const taughtSteps = (provenance: Provenance): { sign: string; step: ProvenanceStep; taught: TableValue }[] =>
  allProvenances(provenance)
    .toReversed()
    .flatMap(({ base, steps }) => {
      if (steps.every((step) => step.taught === undefined)) return [];
      const signs = placeSigns(base.sign, steps);
      return steps.flatMap((step, i) =>
        step.taught === undefined ? [] : [{ sign: signs[i + 1] ?? '', step, taught: step.taught }],
      );
    });
