/**
 * What a model's answers mean: one folder here a task, whose `task.ts` exports `task`. It is found by the name that stands in the model's file. Nothing outside
 * asks which task it is: composing, serving, exporting, measuring and showing a model read what stands here.
 */
import type { ClassLabel, OnnxType, Scored } from '../../shared/capabilities.ts';
import type { ReportBlock } from '../../shared/report.ts';
import type { Column } from '../../shared/wires.ts';
import type { Evaluation } from '../evaluation/measured.ts';
import type { GraphBuilder } from '../onnx/graph-builder.ts';

export interface Predictions {
  /** One number a row: the answer, or which of the classes it is. NaN: no answer. */
  prediction: Float64Array;
  /** Figures beside it, [rows, figures], row-major: a probability for each class; empty where there are none. */
  probabilities: Float64Array;
}
export interface TaskModel {
  target: Column;
  /** Empty where the answers are no classes. */
  classes: readonly ClassLabel[];
}
/** A column that predicting adds, and where its values come from: the label of the class that `prediction` names, `prediction` itself, a figure beside it. */
export interface AnswerColumn extends Column {
  from: 'label' | 'prediction' | { figure: number };
}
export interface EstimatorOutputs {
  /** The answer: [rows, 1]. */
  readonly prediction: { readonly value: string; readonly type: OnnxType };
  /** Figures beside it: [rows, figures] in double. */
  readonly probabilities?: string;
}
export interface EvaluateOptions {
  isBaseline: boolean;
  positive: string;
  threshold: number | null;
  facts: Readonly<Record<string, unknown>>;
}
/** For tasks that are told in training what is right, and can be held against it. */
export interface Measuring {
  /** A target is the number of its class, or a number. */
  truth: 'label' | 'value';
  /** The node that measures this task alone. */
  node: string;
  evaluate: (scored: Scored, options: EvaluateOptions) => Evaluation;
  /** The images that it gets most wrong. */
  worst: WorstCases;
}
export interface WorstCases {
  /** Larger is worse; the worst are shown. */
  find: (scored: Scored) => { title: string; cases: WorstCase[]; say: (shown: number) => string };
}
export interface WorstCase {
  row: number;
  badness: number;
  caption: string;
  note: string;
  tone: Extract<ReportBlock, { type: 'images' }>['items'][number]['tone'];
}

export interface ModelTask {
  /** The name of its folder. */
  readonly task: string;
  /** What it predicts, as a person would say it: "classes". */
  readonly gives: string;
  readonly answers: (model: TaskModel) => AnswerColumn[];
  /** What the estimator gave for each row, [rows, width], as answers. */
  readonly read: (outputs: Float64Array, rows: number) => Predictions;
  /** The same in an exported graph. @param outputs [rows, width] in double */
  readonly addAnswers: (g: GraphBuilder, outputs: string, model: Pick<TaskModel, 'classes'>) => EstimatorOutputs;
  /** What the outputs of an exported file are, by their names in it. */
  readonly sayExported: (model: TaskModel, names: { prediction: string; probabilities: string }) => string;
  /** Absent: nothing is known that it could be held against. */
  readonly measured?: Measuring;
}
