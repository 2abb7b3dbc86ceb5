/** Every task, found by its folder, and the law that nothing outside asks which one a model has. */
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { graphBuilder } from '../onnx/graph-builder.ts';
import { loadTask } from './load-task.ts';
import type { TaskModel } from './model-task.ts';

const tasks = readdirSync(import.meta.dirname, { withFileTypes: true })
  .filter((entry) => entry.isDirectory())
  .map(({ name }) => name)
  .sort();
const target = { name: 'species', type: 'VARCHAR' };

describe.each(tasks)('%s', (name) => {
  it('is called as its folder, and says what it gives', async () => {
    const task = await loadTask(name);
    expect(task.task).toBe(name);
    expect(task.gives).toMatch(/^[a-z][a-z ]+$/);
  });

  it('begins its columns with the answer, each with a name of its own, and tells figures in their order', async () => {
    const { answers } = await loadTask(name);
    for (const classes of [[], ['a', 'b', 'c']]) {
      const columns = answers({ target, classes });
      expect(columns[0]?.from).toBeTypeOf('string');
      expect(new Set(columns.map((c) => c.name)).size).toBe(columns.length);
      const figures = columns.flatMap(({ from }) => (typeof from === 'object' ? [from.figure] : []));
      expect(figures).toEqual(figures.map((_, i) => i));
    }
  });

  it('gives one answer a row, none for no rows, and none where the estimator has none', async () => {
    const { read } = await loadTask(name);
    expect(read(new Float64Array(0), 0)).toEqual({
      prediction: new Float64Array(0),
      probabilities: new Float64Array(0),
    });
    const { prediction } = read(Float64Array.of(1, NaN, 0.25), 3);
    expect(prediction.length).toBe(3);
    expect(prediction[1]).toBeNaN();
  });

  it('has an exported form and a sentence about it', async () => {
    const { addAnswers, sayExported } = await loadTask(name);
    const model: TaskModel = { target, classes: ['a', 'b'] };
    const g = graphBuilder();
    const made = addAnswers(g, g.input('outputs', 'double', ['rows', 2]), model);
    g.output('prediction', made.prediction.value, made.prediction.type);
    expect(g.toBytes().length).toBeGreaterThan(0);
    expect(sayExported(model, { prediction: 'p', probabilities: 'q' })).toContain('"p"');
  });
});

it.each(['', 'divination', '../estimators/linear', 'Classification'])('%j is no task', async (name) => {
  await expect(loadTask(name)).rejects.toMatchObject({ code: 'model.unknown-task' });
});

/** A linear model keeps in its own file what it was fitted for. */
const own = /^methods\/(tasks|linear|estimators\/linear)\//;

it('nothing outside asks which task a model has', () => {
  const root = join(import.meta.dirname, '..', '..');
  const asks = /\b(model|draft|scored|scorer|predictor|description|set)\.task\s*[!=]==\s*'|z\.enum\(\['classification'/;
  const found = ['shared', 'methods', 'nodes', 'engine', 'renderer/src', 'cli', 'electron'].flatMap((room) =>
    readdirSync(join(root, room), { recursive: true, encoding: 'utf8' })
      .map((name) => `${room}/${name.replaceAll('\\', '/')}`)
      .filter((file) => /\.tsx?$/.test(file) && !/\.test\.tsx?$/.test(file) && !own.test(file))
      .filter((file) => asks.test(readFileSync(join(root, file), 'utf8'))),
  );
  expect(found).toEqual([]);
  expect(asks.test("if (model.task === 'regression')")).toBe(true);
});
