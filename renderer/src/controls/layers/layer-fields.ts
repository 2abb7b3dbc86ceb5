/** The form of one layer, read from its schema: the same fields and controls as a node's settings. */
import * as z from 'zod';
import { simpleLayer, type LayerName } from '../../../../shared/neural/network.ts';
import type { FieldMeta } from '../../../../shared/kind/fields/fields.ts';
import { describeField, type FormField } from '../form-field.ts';
import { tLoose } from '../../text/t.ts';

const wordOf = (value: string): string => {
  const key = `layers.choices.${value}`;
  const word = tLoose(key);
  return word === key ? value : word;
};

function metaOf(name: string, schema: z.ZodType): FieldMeta {
  const common = { title: tLoose(`layers.fields.${name}`), help: '' };
  let inner: unknown = schema;
  while (inner instanceof z.ZodDefault || inner instanceof z.ZodOptional) inner = inner.def.innerType;
  if (inner instanceof z.ZodEnum)
    return {
      ...common,
      widget: 'choice',
      choices: Object.fromEntries(inner.options.map((o) => [String(o), wordOf(String(o))])),
    };
  if (inner instanceof z.ZodBoolean) return { ...common, widget: 'switch' };
  if (inner instanceof z.ZodNumber)
    return name === 'rate' || name === 'dropout'
      ? { ...common, widget: 'number', step: 0.05 }
      : { ...common, widget: inner.isInt ? 'integer' : 'number' };
  return { ...common, widget: 'text' };
}

const made = new Map<LayerName, FormField[]>();

export function fieldsOfLayer(name: LayerName): FormField[] {
  const known = made.get(name);
  if (known) return known;
  const option = simpleLayer.options.find((o) => o.shape.layer.value === name);
  const fields = Object.entries(option?.shape ?? {}).flatMap(([key, schema]) =>
    key === 'layer' ? [] : [fieldOf(key, schema)],
  );
  made.set(name, fields);
  return fields;
}

function fieldOf(name: string, schema: z.ZodType): FormField {
  const field = describeField(name, metaOf(name, schema), schema);
  return schema instanceof z.ZodOptional ? { ...field, isNullable: true, default: null } : field;
}
