import * as z from 'zod';
import { resolveLayers } from '../../../shared/neural/layer-presets.ts';
import type { NetworkInput } from '../../../shared/neural/network.ts';
import { columnFindings } from '../../../shared/kind/column-findings.ts';
import { defineSpec, type Finding } from '../../../shared/kind/define-spec.ts';
import { field } from '../../../shared/kind/fields/fields.ts';
import {
  checkTarget,
  featuresOf,
  learnerFields,
  learnerInputs,
  sayTarget,
  targetOf,
} from '../../../shared/kind/learner.ts';
import { watchFields } from '../../../shared/kind/watched-training.ts';
import type { Column } from '../../../shared/wires.ts';

const input: NetworkInput = { kind: 'table', numbers: 2, categories: [] };

/** The two columns of the plane: those that are named, else the first numbers. */
export function planeColumns(
  params: { target: string; x: string; y: string },
  columns: readonly Column[],
): [string, string] | undefined {
  const target = targetOf({ target: params.target, columns: { by: 'all' } }, columns)?.name ?? '';
  const free = featuresOf({ by: 'all' }, columns, target).map((c) => c.name);
  const x = params.x === '' ? free.find((name) => name !== params.y) : params.x;
  const y = params.y === '' ? free.find((name) => name !== x) : params.y;
  return x === undefined || y === undefined ? undefined : [x, y];
}

export const spec = defineSpec({
  kind: 'explore.training-steps',
  version: 1,
  computes: 1,
  title: 'Training, step by step',
  about:
    'Shows how a small network learns on your own data: the decision surface, weights and gradients at many steps.',
  keywords: [
    'gradient descent',
    'decision boundary',
    'playground',
    'teaching',
    'lesson',
    'backpropagation',
    'neural network',
  ],
  icon: 'footprints',
  inputs: learnerInputs,
  outputs: { report: { wire: 'report', title: 'Steps' } },
  params: z.strictObject({
    target: learnerFields.target,
    x: field.column({
      title: 'X axis',
      help: 'The number along the plane’s lower edge. Empty: the first column of numbers.',
      families: ['number'],
    }),
    y: field.column({
      title: 'Y axis',
      help: 'The number along the plane’s side. Empty: the next column of numbers.',
      families: ['number'],
    }),
    layers: field.layers({
      title: 'Layers',
      help: 'A few units are enough to see what each does. The answer’s layer is added behind them.',
      takes: 'table',
      default: 'linear',
    }),
    ...watchFields,
  }),
  form: 'task',
  rows: 'same',
  summary: ({ target, x, y }) =>
    `watch a network learn ${sayTarget(target)} from ${x === '' ? 'one column' : x} and ${y === '' ? 'another' : y}`,
  check: ({ node, params, inputs }) => {
    const schema = inputs['rows'];
    if (schema === undefined) return [];
    const findings: Finding[] = [
      ...checkTarget(node, { target: params.target, columns: { by: 'all' } }, schema),
      ...columnFindings({ node, param: 'x' }, params.x, schema, { families: ['number'] }),
      ...columnFindings({ node, param: 'y' }, params.y, schema, { families: ['number'] }),
    ];
    if (planeColumns(params, schema.columns) === undefined)
      findings.push({
        code: 'train.no-plane',
        message: 'A plane needs two columns of numbers beside the target.',
        mend: 'Wire a table that has them.',
        param: 'x',
      });
    return findings;
  },
  network: (params) => ({
    network: { input, layers: resolveLayers(params.layers, 'table', input), output: { kind: 'classes', count: 3 } },
    assumed: 'Three classes are assumed in these shapes; a run takes what the data hold.',
  }),
});
