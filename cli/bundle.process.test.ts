import { afterAll, beforeAll, expect, it } from 'vitest';
import { makeCommandFolder, peopleCsv, smallPipeline, type CommandFolder } from './spawn-command.ts';

let here: CommandFolder;
beforeAll(() => {
  here = makeCommandFolder();
  here.write('people.csv', peopleCsv);
});
afterAll(() => here.remove());

/** Threads of both sorts: lanes of trees, and a network in training. */
const threaded = (): Record<string, unknown> => {
  const small = smallPipeline();
  return {
    ...small,
    nodes: {
      ...Object(small['nodes']),
      trees: { kind: 'train.gradient-boosting', params: { trees: 5 } },
      network: { kind: 'train.neural-network', params: { epochs: 2 } },
      measureTrees: { kind: 'evaluate.classification' },
      measureNetwork: { kind: 'evaluate.classification' },
    },
    wires: [
      ...[small['wires']].flat(),
      'encode.rows -> trees.rows',
      'encode.rows -> network.rows',
      'trees.model -> measureTrees.model',
      'encode.rows -> measureTrees.rows',
      'network.model -> measureNetwork.model',
      'encode.rows -> measureNetwork.rows',
    ],
  };
};

it('the bundled command computes what the sources compute, under the same keys', async () => {
  here.write('people.pipeline.json', threaded());
  const bundled = await here.runBundled('run', 'people.pipeline.json', '--json');
  expect({ code: bundled.code, err: bundled.err }).toEqual({ code: 0, err: '' });
  const metrics = bundled.lines().at(-1)?.['metrics'];
  expect(metrics).toMatchObject({
    measure: { accuracy: expect.any(Number) },
    measureTrees: { accuracy: expect.any(Number) },
    measureNetwork: { accuracy: expect.any(Number) },
  });
  const fromSource = await here.run('run', 'people.pipeline.json', '--json');
  expect(fromSource.lines().filter((e) => e['type'] === 'node-started')).toEqual([]);
  expect(fromSource.lines().at(-1)).toMatchObject({ status: 'done', metrics });
});

it('has every kind, and says what it does not know', async () => {
  const [bundled, fromSource] = await Promise.all([here.runBundled('nodes', '--json'), here.run('nodes', '--json')]);
  expect(bundled.out).toBe(fromSource.out);
  here.write('odd.pipeline.json', { flowyard: 1, nodes: { odd: { kind: 'clean.unheard-of' } } });
  const odd = await here.runBundled('run', 'odd.pipeline.json', '--json');
  expect(odd.code).toBe(2);
  expect(odd.out).toContain('kind.unknown');
});
