/**
 * Recipe keys: what a result is made of, hashed. Kind, its `computes` number, parameters, the keys of the inputs, the content of the files read,
 * the fold, and the numerics of the libraries used. Never an id, a title or a path: the same pipeline on the same data has the same keys everywhere.
 */

import * as z from 'zod';
import { compactJson } from '../../shared/pipeline/canonical.ts';
import { fieldMeta, type FieldMeta } from '../../shared/kind/fields/fields.ts';
import { duckdbVersion } from '../table/database.ts';
import { hashText } from '../files/hash-text.ts';

/** Raised when the engine itself computes something differently (Split's composition, feature extraction, model recipes). */
const engineNumerics = 4;

export interface Recipe {
  kind: string;
  computes: number;
  params: Readonly<Record<string, unknown>>;
  /** Port → keys of what is wired to it. */
  inputs: Readonly<Record<string, readonly string[]>>;
  fold?: string;
  /** What a part of the rows gives for the whole, in the place of the node's own rows. */
  partial?: true;
  /** A model whose recipe has a batch function, which models of old began behind. */
  mapped?: true;
}

/** Parameters as text, written once for as long as they are the same object. */
const paramTexts = new WeakMap<object, string>();
function textOf(params: Recipe['params']): string {
  const text = paramTexts.get(params) ?? compactJson(params);
  paramTexts.set(params, text);
  return text;
}
const numerics = compactJson({ engine: engineNumerics, duckdb: duckdbVersion });

/** Of the recipe and the numerics as compact JSON, put together by hand: a long pipeline has hundreds, and most of each is known. */
export function recipeKey({ kind, computes, params, inputs, fold, partial, mapped }: Recipe): string {
  const folded = fold === undefined ? '' : `,"fold":${JSON.stringify(fold)}`;
  return hashText(
    `{"computes":${computes}${folded},"inputs":${compactJson(inputs)},"kind":${JSON.stringify(kind)}${mapped === true ? ',"mapped":true' : ''},"numerics":${numerics},"params":${textOf(params)}${partial === true ? ',"partial":true' : ''}}`,
  ).slice(0, 40);
}

function metaOf(params: z.ZodObject | undefined, name: string): FieldMeta | undefined {
  const schema = params?.shape[name];
  return schema instanceof z.ZodType ? fieldMeta(schema) : undefined;
}

/** As the window calls things. */
export interface Names {
  input: (port: string) => string;
  setting: (param: string) => string;
  /** A choice of a setting. */
  choice: (param: string, value: string) => string;
}
/** What the window calls the settings and choices of a kind. */
export const settingNames = (params: z.ZodObject | undefined): Pick<Names, 'setting' | 'choice'> => ({
  setting: (name) => metaOf(params, name)?.title ?? name,
  choice: (name, value) => metaOf(params, name)?.choices?.[value] ?? value,
});

/** The words between two recipes of the same node: why it runs again. */
export function explainChange(before: Recipe | undefined, now: Recipe, names: Names): string {
  if (before === undefined) return 'not run before';
  if (before.kind !== now.kind) return `was ${before.kind}, is ${now.kind}`;
  const params = [...new Set([...Object.keys(before.params), ...Object.keys(now.params)])].sort();
  for (const name of params) {
    const [old, current] = [before.params[name], now.params[name]].map((v) =>
      v === undefined ? undefined : compactJson(v),
    );
    if (old !== current)
      return isContent(before.params[name])
        ? `its ${name === 'file' ? 'file' : `${names.setting(name)} (a file)`} has other content`
        : sayChange(name, before.params[name], now.params[name], names);
  }
  if (before.computes !== now.computes || before.mapped !== now.mapped)
    return 'this version of Flowyard computes it differently';
  for (const port of Object.keys(now.inputs).sort())
    if (compactJson(before.inputs[port] ?? []) !== compactJson(now.inputs[port] ?? []))
      return `its input changed (${names.input(port)})`;
  if (before.fold !== now.fold) return 'the folds changed';
  return 'its result is no longer stored';
}

const isContent = (value: unknown): boolean => typeof value === 'object' && value !== null && 'content' in value;
function sayChange(name: string, before: unknown, now: unknown, names: Names): string {
  const [old, current] = [before, now].map((value) => say(value, (choice) => names.choice(name, choice)));
  return old === undefined || current === undefined
    ? `${names.setting(name)} changed`
    : `${names.setting(name)} changed from ${old} to ${current}`;
}
/** As the window shows it; undefined: it is made of parts, and no word says them all. */
function say(value: unknown, choice: (value: string) => string): string | undefined {
  if (value === undefined || value === null) return 'nothing';
  if (typeof value === 'boolean') return value ? 'on' : 'off';
  if (typeof value === 'object') return undefined;
  const text = typeof value === 'string' ? JSON.stringify(choice(value)) : String(value);
  return text.length > 40 ? `${text.slice(0, 37)}…` : text;
}
