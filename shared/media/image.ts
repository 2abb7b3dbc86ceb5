/**
 * An image in a table: a value that names a file's bytes by their SHA-256 and says what is to be done with them before they are seen. The bytes lie in the
 * workspace's kept files; a table never holds them. Steps are written when a node prepares images and carried out when somebody asks for pixels.
 */
import * as z from 'zod';
import { id, sql, type Sql, type SqlValue } from '../sql.ts';

/** DuckDB's type of a column of images. The type itself tells what the column is, so renames, joins and Split keep it. */
export const imageType =
  'STRUCT(image VARCHAR, "name" VARCHAR, width INTEGER, height INTEGER, channels INTEGER, steps VARCHAR)';

/** DuckDB writes the fields' names with or without quotes, by the place where it is asked. */
export const isImageType = (type: string): boolean => type.replaceAll('"', '') === imageType.replaceAll('"', '');

const size = z.int().min(1).max(16_384);
const channelNumbers = z.array(z.number()).min(1).max(4);

/** What is done with pixels, in this order. Sizes are in pixels; shades go from 0 (dark) to 1. */
export const imageStep = z.discriminatedUnion('do', [
  /** The middle part of this size; a side that is shorter stays as it is. */
  z.strictObject({ do: z.literal('crop'), width: size, height: size }),
  /** `cover`: fills the frame, what stands over is cut off. `contain`: all of it is seen, the rest of the frame has the shade. `stretch`: sides may change their ratio. */
  z.strictObject({
    do: z.literal('resize'),
    width: size,
    height: size,
    fit: z.enum(['cover', 'contain', 'stretch']),
    shade: z.number().min(0).max(1),
  }),
  /** 1: grey by Rec. 601 luma; 3: red, green, blue. Transparent pixels get the shade behind them. */
  z.strictObject({
    do: z.literal('channels'),
    count: z.union([z.literal(1), z.literal(3)]),
    shade: z.number().min(0).max(1),
  }),
  /** (value − mean) / sd, for each channel; one number stands for all channels. */
  z.strictObject({ do: z.literal('normalise'), mean: channelNumbers, sd: channelNumbers }),
]);
export type ImageStep = z.output<typeof imageStep>;
const imageSteps = z.array(imageStep);

export interface ImageValue {
  /** SHA-256 of the file's bytes, hexadecimal. */
  hash: string;
  /** What people call it: the file's path within its data set. */
  name: string;
  /** Of the file, upright; what the steps make of it is `shapeAfter`. */
  width: number;
  height: number;
  /** 1 grey, 2 grey and alpha, 3 red, green and blue, 4 with alpha. */
  channels: number;
  steps: readonly ImageStep[];
}

/** The image's fields as columns of their own, to be read by `readImage`. */
export const imageFields = (column: string): Sql => {
  const c = id(column);
  return sql`${c}.image AS hash, ${c}."name" AS "name", ${c}.width AS width, ${c}.height AS height, ${c}.channels AS channels, ${c}.steps AS steps`;
};

/** A row of `imageFields`; nothing where the image is missing. */
export function readImage(row: Readonly<Record<string, SqlValue>>): ImageValue | undefined {
  const { hash, name, width, height, channels, steps } = row;
  if (typeof hash !== 'string') return undefined;
  return {
    hash,
    name: typeof name === 'string' ? name : hash.slice(0, 12),
    width: Number(width),
    height: Number(height),
    channels: Number(channels),
    steps: readSteps(steps ?? null),
  };
}

export const readSteps = (text: SqlValue): ImageStep[] =>
  typeof text === 'string' && text !== '' ? imageSteps.parse(JSON.parse(text)) : [];

export const writeSteps = (steps: readonly ImageStep[]): string => (steps.length === 0 ? '' : JSON.stringify(steps));

/** An image's fields as the JSON text of a cell, as it crosses to the window. */
const imageCell = z.object({
  image: z.string(),
  name: z.string(),
  width: z.number(),
  height: z.number(),
  channels: z.number(),
  steps: z.string(),
});
export function readImageCell(text: string): ImageValue | undefined {
  try {
    const { image: hash, steps, ...rest } = imageCell.parse(JSON.parse(text));
    return { hash, ...rest, steps: readSteps(steps) };
  } catch {
    return undefined;
  }
}

/** The image as an SQL value; `steps` of the value are kept and `more` is done after them. */
export const withSteps = (column: string, more: readonly ImageStep[]): Sql => {
  const c = id(column);
  const text = writeSteps(more);
  const joined = sql`CASE WHEN ${c}.steps = '' THEN ${text} ELSE ${c}.steps[:-2] || ',' || ${text.slice(1)} END`;
  return sql`CASE WHEN ${c} IS NULL THEN NULL ELSE struct_update(${c}, steps := ${joined}) END`;
};

export interface ImageShape {
  width: number;
  height: number;
  channels: number;
}

/** What the pixels of an image are after its steps. */
export function shapeAfter(image: ImageValue): ImageShape {
  let shape: ImageShape = { width: image.width, height: image.height, channels: image.channels };
  for (const step of image.steps) shape = shapeOfStep(shape, step);
  return shape;
}

function shapeOfStep(shape: ImageShape, step: ImageStep): ImageShape {
  switch (step.do) {
    case 'crop':
      return { ...shape, width: Math.min(shape.width, step.width), height: Math.min(shape.height, step.height) };
    case 'resize':
      return { ...shape, width: step.width, height: step.height };
    case 'channels':
      return { ...shape, channels: step.count };
    case 'normalise':
      return shape;
  }
}

export const sayChannels = (channels: number): string =>
  ({ 1: 'grey', 2: 'grey with transparency', 3: 'colour', 4: 'colour with transparency' })[channels] ??
  `${channels} channels`;
