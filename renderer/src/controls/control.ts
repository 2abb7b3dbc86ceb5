import type { ComponentType } from 'react';
import type { PipelineNode } from '../../../shared/pipeline/file.ts';
import type { FormField } from './form-field.ts';

export type Json = PipelineNode['params'][string];

/** A control that draws fields inside itself is given the one that draws any field. */
export interface NestingControlProps extends ControlProps {
  Nested: ComponentType<ControlProps>;
}

/** What every control of the form is given. It draws the value alone; label, help and reset stand around it. */
export interface ControlProps {
  field: FormField;
  value: unknown;
  onChange: (value: Json) => void;
  node: string;
  /** Its name, for those who listen. */
  label: string;
}

export const asText = (value: unknown): string =>
  typeof value === 'string'
    ? value
    : value === null || value === undefined
      ? ''
      : typeof value === 'object'
        ? JSON.stringify(value)
        : String(value);
export const asTexts = (value: unknown): string[] =>
  Array.isArray(value) ? value.filter((item): item is string => typeof item === 'string') : [];
