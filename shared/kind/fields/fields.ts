/**
 * The kinds of field that a parameter can be. Each is a zod schema whose `meta` carries what the inspector, the manual and the command line
 * need: title, help, widget, unit. A parameter is written once, here in a node's spec; everything else is derived.
 */
import * as z from 'zod';
import { layersSetting, presetNames, type TakesInput } from '../../neural/layer-presets.ts';
import type { TypeFamily } from '../../wires.ts';

export const widgets = [
  'text',
  'multiline',
  'number',
  'integer',
  'switch',
  'choice',
  'column',
  'columns',
  'expression',
  'sql',
  'file',
  'rules',
  'map',
  'texts',
  'secret',
  'layers',
] as const;
export type Widget = (typeof widgets)[number];

export interface FieldMeta {
  title: string;
  help: string;
  widget: Widget;
  unit?: string;
  step?: number;
  /** Draw a slider beside the number. */
  slider?: boolean;
  /** Column pickers: which input the columns come from, and which families are offered. */
  port?: string;
  families?: TypeFamily[];
  choices?: Record<string, string>;
  placeholder?: string;
  /** Files that the picker offers, by their ends. */
  extensions?: string[];
  /** A folder is chosen, not a file. */
  folder?: boolean;
  /** Ends of the files that are read in such a folder: a folder that is dropped goes to the kind that reads most of it. */
  holds?: readonly string[];
  /** Fold of the inspector that the field stands in; without one it is in the first. */
  section?: string;
  /** Shown only when another parameter has one of these values. */
  when?: { param: string; is: readonly (string | number | boolean)[] };
  [key: string]: unknown;
}

type Common = Pick<FieldMeta, 'title' | 'help' | 'section' | 'when' | 'placeholder'>;
const meta = (widget: Widget, common: Common, more: Partial<FieldMeta> = {}): FieldMeta => ({
  ...common,
  ...more,
  widget,
});

/** Which columns: by a rule, so that a setting survives new columns; or by name. */
export const columnRule = z.discriminatedUnion('by', [
  z.strictObject({ by: z.literal('all'), except: z.array(z.string()).optional() }),
  z.strictObject({ by: z.literal('names'), names: z.array(z.string()) }),
  z.strictObject({
    by: z.literal('type'),
    type: z.enum(['number', 'text', 'boolean', 'time']),
    except: z.array(z.string()).optional(),
  }),
  z.strictObject({ by: z.literal('pattern'), pattern: z.string(), except: z.array(z.string()).optional() }),
]);
export type ColumnRule = z.output<typeof columnRule>;

export const field = {
  text: (o: Common & { default?: string }) =>
    z
      .string()
      .default(o.default ?? '')
      .meta(meta('text', o)),
  multiline: (o: Common & { default?: string }) =>
    z
      .string()
      .default(o.default ?? '')
      .meta(meta('multiline', o)),
  number: (
    o: Common & { default: number; min?: number; max?: number; step?: number; unit?: string; slider?: boolean },
  ) =>
    z
      .number()
      .min(o.min ?? -1e308)
      .max(o.max ?? 1e308)
      .default(o.default)
      .meta(meta('number', o, pick(o))),
  /** A number that may be left empty. */
  optionalNumber: (o: Common & { default?: number; min?: number; max?: number; step?: number; unit?: string }) =>
    z
      .number()
      .min(o.min ?? -1e308)
      .max(o.max ?? 1e308)
      .nullable()
      .default(o.default ?? null)
      .meta(meta('number', o, pick(o))),
  integer: (
    o: Common & { default: number; min?: number; max?: number; step?: number; unit?: string; slider?: boolean },
  ) =>
    z
      .int()
      .min(o.min ?? -2_147_483_648)
      .max(o.max ?? 2_147_483_647)
      .default(o.default)
      .meta(meta('integer', o, pick(o))),
  switch: (o: Common & { default: boolean }) => z.boolean().default(o.default).meta(meta('switch', o)),
  /** `choices` gives each saved meaning its words: `{ median: 'the median' }`. */
  choice: <const C extends Record<string, string>>(o: Common & { choices: C; default: keyof C & string }) =>
    z
      .enum(Object.keys(o.choices) as (keyof C & string)[])
      .default(o.default as never)
      .meta(meta('choice', o, { choices: o.choices })),
  /** One column's name; empty means "not chosen". */
  column: (o: Common & { port?: string; families?: TypeFamily[] }) =>
    z
      .string()
      .default('')
      .meta(meta('column', o, { port: o.port ?? 'rows', ...(o.families ? { families: o.families } : {}) })),
  columns: (o: Common & { port?: string; families?: TypeFamily[]; default?: ColumnRule }) =>
    columnRule
      .default(o.default ?? { by: 'all' })
      .meta(meta('columns', o, { port: o.port ?? 'rows', ...(o.families ? { families: o.families } : {}) })),
  /** A list of column names in an order that matters (sort keys, join keys). */
  columnList: (o: Common & { port?: string }) =>
    z
      .array(z.string())
      .default([])
      .meta(meta('columns', o, { port: o.port ?? 'rows', ordered: true })),
  /** An SQL expression over the input's columns. */
  expression: (o: Common & { port?: string }) =>
    z
      .string()
      .default('')
      .meta(meta('expression', o, { port: o.port ?? 'rows' })),
  sql: (o: Common & { default?: string }) =>
    z
      .string()
      .default(o.default ?? '')
      .meta(meta('sql', o)),
  file: (o: Common & { extensions: string[] }) =>
    z
      .string()
      .default('')
      .meta(meta('file', o, { extensions: o.extensions })),
  /** A folder of the workspace, relative to the pipeline, or a file with one of these endings that stands for one. */
  folder: (o: Common & { extensions?: string[]; holds?: readonly string[] }) =>
    z
      .string()
      .default('')
      .meta(meta('file', o, { folder: true, extensions: o.extensions ?? [], ...(o.holds && { holds: o.holds }) })),
  /** The name of a secret of the secret store; its value is never in a pipeline. The parameter is called `secret`: so a run finds which ones it needs. */
  secret: (o: Common) => z.string().default('').meta(meta('secret', o)),
  texts: (o: Common & { default?: string[] }) =>
    z
      .array(z.string())
      .default(o.default ?? [])
      .meta(meta('texts', o)),
  /** Name → value, e.g. old name → new name. */
  map: <V extends z.ZodType>(value: V, o: Common & { port?: string; keys?: 'column' | 'text' }) =>
    z
      .record(z.string(), value)
      .default({})
      .meta(meta('map', o, { port: o.port ?? 'rows', keys: o.keys ?? 'column' })),
  /** The layers of a network: a preset's name or a list (`shared/neural/layer-presets.ts`). Its spec tells the whole network by `network`, for shapes. */
  layers: (o: Common & { takes: TakesInput; default: string }) =>
    layersSetting
      .superRefine((setting, context) => {
        const names = presetNames(o.takes);
        if ('layers' in setting || names.includes(setting.preset)) return;
        context.addIssue({
          code: 'custom',
          path: ['preset'],
          message: `"${setting.preset}" is none of ${names.join(', ')}`,
        });
      })
      .default({ preset: o.default })
      .meta(meta('layers', o, { takes: o.takes })),
  /** A list of small records; each key of the record is itself one of these fields. */
  rules: <S extends z.ZodRawShape>(shape: S, o: Common & { addLabel: string }) =>
    z
      .array(z.strictObject(shape))
      .default([])
      .meta(meta('rules', o, { addLabel: o.addLabel })),
};

function pick(o: { step?: number; unit?: string; slider?: boolean }): Partial<FieldMeta> {
  return {
    ...(o.step === undefined ? {} : { step: o.step }),
    ...(o.unit === undefined ? {} : { unit: o.unit }),
    ...(o.slider === undefined ? {} : { slider: o.slider }),
  };
}

/** The meta of a parameter, through its default and optional wrappers. */
export function fieldMeta(schema: z.ZodType): FieldMeta | undefined {
  const found = schema.meta();
  return found !== undefined && typeof found['widget'] === 'string' ? (found as unknown as FieldMeta) : undefined;
}
