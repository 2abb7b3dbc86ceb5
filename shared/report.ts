/** A report is data: a closed set of blocks that the window draws, a file keeps and another tool can read. */
import * as z from 'zod';
import { own } from './own.ts';

const cell = z.union([z.string(), z.number(), z.boolean(), z.null()]);
const scale = z.enum(['linear', 'log', 'time', 'category']);

export const chart = z.object({
  type: z.literal('chart'),
  title: z.string(),
  help: z.string().optional(),
  mark: z.enum(['line', 'bar', 'point', 'area', 'box', 'histogram']),
  x: z.object({
    field: z.string(),
    title: z.string(),
    scale: scale.default('linear'),
    domain: z.tuple([z.number(), z.number()]).optional(),
  }),
  y: z.object({
    field: z.string(),
    title: z.string(),
    scale: scale.default('linear'),
    domain: z.tuple([z.number(), z.number()]).optional(),
  }),
  /** Field whose values are separate series (colour). */
  color: z.string().optional(),
  /** Field whose values are separate small charts. */
  facet: z.string().optional(),
  /** At most about 2,000 marks: aggregated before it gets here. Column name → values, all of one length. For `box`: low, q1, median, q3, high; for `histogram`: from, to, count. */
  data: z.record(z.string(), z.array(cell)),
  /** Straight guide lines: the diagonal of a ROC curve, the chance level. */
  guides: z
    .array(
      z.object({
        from: z.tuple([z.number(), z.number()]),
        to: z.tuple([z.number(), z.number()]),
        label: z.string().optional(),
      }),
    )
    .optional(),
  /** What the chart says, in a sentence, for those who cannot see it. */
  caption: z.string(),
});

/** What a classifier says at each place of a plane, and the rows that it learns from. */
const surface = z.object({
  type: z.literal('surface'),
  title: z.string(),
  x: z.object({ title: z.string(), from: z.number(), to: z.number() }),
  y: z.object({ title: z.string(), from: z.number(), to: z.number() }),
  columns: z.int(),
  rows: z.int(),
  classes: z.array(z.string()),
  /** [rows × columns], the lowest y first: the likeliest class, and how likely it is (0 to 1). */
  winner: z.array(z.int()),
  sure: z.array(z.number()),
  points: z.object({ x: z.array(z.number()), y: z.array(z.number()), class: z.array(z.int()) }),
  caption: z.string(),
});
/** Small maps of numbers on one scale about zero: weights, gradients, filters, what units give. */
const tiles = z.object({
  type: z.literal('tiles'),
  title: z.string(),
  tiles: z.array(z.object({ label: z.string(), rows: z.int(), columns: z.int(), values: z.array(z.number()) })).max(64),
  caption: z.string(),
});
/** The same pictures at many moments, to be stepped through. */
const frames = z.object({
  type: z.literal('frames'),
  title: z.string(),
  /** What the moments are counted in: "step". */
  unit: z.string(),
  frames: z
    .array(
      z.object({ at: z.number(), says: z.string(), blocks: z.array(z.discriminatedUnion('type', [surface, tiles])) }),
    )
    .min(1)
    .max(200),
  caption: z.string(),
});
export type SurfaceBlock = z.output<typeof surface>;
export type TilesBlock = z.output<typeof tiles>;
export type FramesBlock = z.output<typeof frames>;

export const reportBlock = z.discriminatedUnion('type', [
  surface,
  tiles,
  frames,
  z.object({
    type: z.literal('metrics'),
    title: z.string().optional(),
    items: z.array(
      z.object({
        name: z.string(),
        title: z.string(),
        value: z.number().nullable(),
        /** Standard deviation over folds. */
        sd: z.number().optional(),
        /** Within which the value lies with 95 % confidence. */
        interval: z.tuple([z.number(), z.number()]).optional(),
        /** What a model that knows no column reaches on the same rows: `always "on time"`. */
        baseline: z.object({ title: z.string(), value: z.number() }).optional(),
        better: z.enum(['higher', 'lower']).optional(),
        /** A number of things: written without decimals. */
        count: z.boolean().optional(),
        help: z.string().optional(),
        /** What exactly was computed, on which rows: `roc_auc|binary|rows=test|n=69` */
        signature: z.string().optional(),
      }),
    ),
  }),
  z.object({
    type: z.literal('table'),
    title: z.string(),
    columns: z.array(
      z.object({ name: z.string(), title: z.string(), align: z.enum(['left', 'right']).default('left') }),
    ),
    rows: z.array(z.array(cell)),
    caption: z.string().optional(),
  }),
  chart,
  z.object({
    type: z.literal('matrix'),
    title: z.string(),
    rowTitle: z.string(),
    columnTitle: z.string(),
    labels: z.array(z.string()),
    values: z.array(z.array(z.number())),
    caption: z.string().optional(),
  }),
  /** Texts token by token, some of them marked. */
  z.object({
    type: z.literal('tokens'),
    title: z.string(),
    samples: z.array(
      z.object({
        title: z.string(),
        tokens: z.array(z.object({ text: z.string(), mark: z.enum(['learnt', 'read']) })),
      }),
    ),
    caption: z.string().optional(),
  }),
  /** Pictures of a data set with what there is to say of each. Their bytes are in the workspace; a report names them. */
  z.object({
    type: z.literal('images'),
    title: z.string(),
    items: z
      .array(
        z.object({
          image: z.object({
            hash: z.string(),
            name: z.string(),
            width: z.number(),
            height: z.number(),
            channels: z.number(),
            /** As in the image's value. */
            steps: z.string(),
          }),
          caption: z.string(),
          note: z.string().optional(),
          tone: z.enum(['plain', 'right', 'wrong']).default('plain'),
        }),
      )
      .max(200),
    caption: z.string().optional(),
  }),
  z.object({
    type: z.literal('text'),
    title: z.string().optional(),
    text: z.string(),
    tone: z.enum(['plain', 'note', 'warning']).default('plain'),
  }),
]);
export type ReportBlock = z.output<typeof reportBlock>;
export type ChartBlock = z.output<typeof chart>;

const reportSetting = z.object({
  param: z.string(),
  title: z.string(),
  value: z.string(),
  choices: z.array(z.object({ value: z.string(), title: z.string() })),
});
export type ReportSetting = z.output<typeof reportSetting>;

export const report = z.object({
  title: z.string(),
  /** Facts shown as chips above the blocks: "measured on 69 test rows". */
  chips: z.array(z.string()).default([]),
  /** Settings of the node that the figures hang on, to be changed beside them. */
  settings: z.array(reportSetting).optional(),
  blocks: z.array(reportBlock),
});
export type Report = z.output<typeof report>;

export const reportFigure = z.object({ title: z.string(), value: z.number() });
export type ReportFigure = z.output<typeof reportFigure>;

/** Names that are usual and fit a card, of metrics whose title does not. */
const shortTitles: Readonly<Record<string, string>> = {
  root_mean_squared_error: 'RMSE',
  mean_squared_error: 'MSE',
  mean_absolute_error: 'MAE',
  median_absolute_error: 'MedAE',
  mean_absolute_percentage_error: 'MAPE',
  matthews_corrcoef: 'MCC',
  roc_auc_ovr: 'ROC AUC (OvR)',
};

/** The figure that a report tells first of how good something is: shown on the card of its node. */
export function firstFigure({ blocks }: Pick<Report, 'blocks'>): ReportFigure | undefined {
  for (const block of blocks)
    for (const item of block.type === 'metrics' ? block.items : [])
      if (item.better !== undefined && item.value !== null)
        return { title: own(shortTitles, item.name) ?? item.title, value: item.value };
  return undefined;
}
