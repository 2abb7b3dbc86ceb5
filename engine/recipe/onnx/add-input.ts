/** A raw column as an input of the exported graph: one tensor [rows, 1], in a form that has room for a missing value. */
import type { OnnxColumn, OnnxType } from '../../../shared/capabilities.ts';
import { fail } from '../../../shared/errors.ts';
import { isImageType } from '../../../shared/media/image.ts';
import { isInteger, typeFamily, type Column } from '../../../shared/wires.ts';
import type { GraphBuilder } from '../../../methods/onnx/graph-builder.ts';
import { castTo } from '../../../methods/onnx/prepare.ts';

export interface InputForm {
  type: OnnxType;
  /** What the values of the tensor mean, for people and in the file's metadata. */
  values: string;
  /** What stands for a missing value. */
  missing: string;
}

/**
 * @param tokens how many, where a text goes in as the numbers of its tokens
 * @throws `onnx.no-form` for lists and structures
 */
export function inputForm({ name, type }: Column, tokens?: number): InputForm {
  if (tokens !== undefined)
    return { type: 'int64', values: `${tokens} tokens of a text, filled up`, missing: 'the empty text’s tokens' };
  switch (typeFamily(type)) {
    case 'number':
      return { type: 'double', values: isInteger(type) ? 'whole numbers' : 'numbers', missing: 'NaN' };
    case 'boolean':
      return { type: 'double', values: '1 for yes, 0 for no', missing: 'NaN' };
    case 'text':
      return { type: 'string', values: 'texts', missing: 'the empty text' };
    case 'time':
      if (type === 'DATE') return { type: 'double', values: 'days since 1970-01-01', missing: 'NaN' };
      return {
        type: 'double',
        values: isTimeOfDay(type) ? 'microseconds since midnight' : 'microseconds since 1970-01-01 UTC',
        missing: 'NaN',
      };
    case 'other':
      if (isImageType(type))
        return { type: 'float', values: 'pixels of decoded images, shades from 0 to 1', missing: 'none' };
      throw fail('onnx.no-form', {
        message: `The column "${name}" is ${type}, which has no form in ONNX.`,
        mend: 'Leave it out before training, or derive a number or a text from it.',
        column: name,
      });
  }
}

export interface RawInput {
  /** What the images of the training rows have in common. */
  image?: OnnxColumn['image'] | undefined;
  /** A text goes in as so many tokens. */
  tokens?: number | undefined;
}

/**
 * Adds the input and gives the column that the recipe's steps work on: times are seconds there, as estimators read them.
 */
export function addInput(g: GraphBuilder, column: Column, { image, tokens }: RawInput = {}): OnnxColumn {
  const { type } = inputForm(column, tokens);
  if (tokens !== undefined) return { value: g.input(column.name, type, ['rows', tokens]), type, tokens };
  if (isImageType(column.type)) {
    const shape = image ?? { channels: null, height: null, width: null };
    const dims = ['rows', shape.channels ?? 'channels', shape.height ?? 'height', shape.width ?? 'width'];
    return { value: g.input(column.name, type, dims), type, image: shape };
  }
  const value = g.input(column.name, type);
  switch (typeFamily(column.type)) {
    case 'time':
      return {
        value: column.type === 'DATE' ? value : g.apply('Div', [value, g.constant('double', [1], [1e6])]),
        type,
      };
    case 'boolean':
      return { value, type, holds: 'boolean' };
    case 'number':
      // A column of single precision holds its values so, whatever a caller sends.
      if (column.type === 'FLOAT' || column.type === 'REAL')
        return { value: castTo(g, castTo(g, value, 'float'), 'double'), type };
      return isInteger(column.type) ? { value, type, holds: 'whole' } : { value, type };
    default:
      return { value, type };
  }
}

const isTimeOfDay = (type: string): boolean => type.startsWith('TIME') && !type.startsWith('TIMESTAMP');
