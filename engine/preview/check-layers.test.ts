/** Layers of a person's own that the data cannot go through are told by a check, at the node; what only a run can know is left to it. */
import { expect, test } from 'vitest';
import { openPreviewParts } from '../../cli/run-environment.ts';
import { validate } from '../../shared/pipeline/parse.ts';
import { Workshop } from '../../test/support/workshop.ts';
import { checkPipeline } from './check-pipeline.ts';
import { Planner } from './planner.ts';
import { openPreviewStore } from './scratch-store.ts';

const flat = { layer: 'flatten' };
const convolution = { layer: 'conv2d', filters: 4 };
const cases: Record<string, { kind: string; params: Record<string, unknown>; layers: unknown[]; reported: unknown[] }> =
  {
    'a convolution over images on a table': {
      kind: 'train.neural-network',
      params: {},
      layers: [convolution],
      reported: [
        {
          code: 'neural.layer',
          node: 'train',
          param: 'layers',
          message: expect.stringMatching(/^Layer 1: Convolution over images takes an image, and gets a row of numbers/),
          mend: 'It is for images: use Convolution over series, or Dense.',
        },
      ],
    },
    'an embedding on images': {
      kind: 'train.image-network',
      params: {},
      layers: [convolution, { layer: 'embedding', size: 8 }],
      reported: [{ code: 'neural.layer', mend: 'Use it as the first layer of a network for text.' }],
    },
    'nothing that makes one row of numbers of an image': {
      kind: 'train.image-network',
      params: {},
      layers: [convolution],
      reported: [{ code: 'neural.layer', message: expect.stringContaining('are assumed'), mend: expect.any(String) }],
    },
    'a window longer than the series': {
      kind: 'train.sequence-network',
      params: { reads: 'series', columns: { by: 'names', names: ['a', 'b', 'c'] } },
      layers: [{ layer: 'conv1d', filters: 4, kernel: 5, padding: 'valid' }, flat],
      reported: [{ code: 'neural.layer', message: 'Layer 1: A window of 5 does not fit into 3.' }],
    },
    'words without Embedding': {
      kind: 'train.sequence-network',
      params: {},
      layers: [flat],
      reported: [{ code: 'neural.layer', mend: 'Put Embedding first.' }],
    },
    'a pool that images of another size may bear': {
      kind: 'train.image-network',
      params: {},
      layers: [{ layer: 'pool', size: 40 }, flat],
      reported: [],
    },
    'what fits': { kind: 'train.neural-network', params: {}, layers: [{ layer: 'dense', units: 3 }], reported: [] },
  };

test('each is told at its node before a run', async () => {
  await using workshop = await Workshop.open();
  await workshop.write('rows.csv', 'a,b,c,words,y\n1,2,3,so it goes,yes\n2,3,4,and on,no\n');
  const budget = { workspace: workshop.folder, threads: 1, memoryBytes: 2 ** 30 };
  const parts = await openPreviewParts({ ...budget, readOnly: false });
  await using store = await openPreviewStore(parts.results);
  await using planner = new Planner({ ...parts, store, ...budget });
  for (const [name, { kind, params, layers, reported }] of Object.entries(cases)) {
    const file = validate({
      flowyard: 1,
      title: name,
      parameters: {},
      nodes: {
        read: { kind: 'read.csv', version: 1, params: { file: 'rows.csv' } },
        train: { kind, version: 1, params: { target: 'y', ...params, layers: { layers } } },
      },
      wires: ['read.rows -> train.rows'],
      groups: {},
      notes: {},
      layout: {},
    });
    const { problems } = await checkPipeline(planner, { path: `${workshop.folder}/a.pipeline.json`, file }, null);
    expect([name, problems.filter((p) => p.code === 'neural.layer')]).toMatchObject([name, reported]);
  }
});
