import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { report as reportSchema, type Report } from '../../../shared/report.ts';
import { checkParams, schemaOf, table } from '../../../test/support/run-sql.ts';
import { toCsv, Workshop } from '../../../test/support/workshop.ts';
import { spec } from './spec.ts';

let shop: Workshop;
const rows = Array.from({ length: 60 }, (_, i) => {
  const [a, b] = [Math.sin(i * 12.9), Math.cos(i * 7.3)];
  return { a: i === 7 ? null : a, b, other: i, side: a + b > 0 ? 'right' : 'left' };
});
beforeAll(async () => {
  shop = await Workshop.open();
  await shop.write('points.csv', toCsv(['a', 'b', 'other', 'side'], rows));
});
afterAll(() => shop[Symbol.asyncDispose]());

const look = async (params: Record<string, unknown>): Promise<{ text: string; report: Report }> => {
  const run = await shop.run(
    {
      read: { kind: 'read.csv', params: { file: 'points.csv' } },
      steps: { kind: 'explore.training-steps', params: { target: 'side', x: 'a', y: 'b', ...params } },
    },
    ['read.rows -> steps.rows'],
  );
  expect(run.problems).toEqual([]);
  const text = await run.text('steps', 'report.report.json');
  return { text, report: reportSchema.parse(JSON.parse(text)) };
};

describe('explore.training-steps', () => {
  it('looks at the plane at as many moments as were asked for, and the network gets it right in the end', async () => {
    const { report } = await look({ epochs: 30, looks: 10 });
    const frames = report.blocks.find((b) => b.type === 'frames');
    expect(frames?.frames.length).toBeGreaterThanOrEqual(8);
    expect(frames?.frames.length).toBeLessThanOrEqual(11);
    const [surface] = frames?.frames.at(-1)?.blocks ?? [];
    if (surface?.type !== 'surface') throw new Error('no surface');
    expect([surface.classes, surface.x.title, surface.y.title, surface.points.x.length]).toEqual([
      ['left', 'right'],
      'a',
      'b',
      60,
    ]);
    // The lower left corner is left, the upper right one is right.
    expect([surface.winner[0], surface.winner.at(-1)]).toEqual([0, 1]);
    const chart = report.blocks.find((b) => b.type === 'chart');
    const losses = (chart?.data['loss'] ?? []).map(Number);
    expect(losses.at(-1)).toBeLessThan(0.5 * (losses[0] ?? 0));
  });
  it('one seed gives the same bytes, another seed others', async () => {
    const [first, other] = [await look({ epochs: 3, looks: 3 }), await look({ epochs: 3, looks: 3, seed: 2 })];
    expect(other.text).not.toBe(first.text);
    expect((await look({ epochs: 3, looks: 3, seed: 1 })).text).toBe(first.text);
  });
  it('shows what units give where there are some', async () => {
    const layers = { layers: [{ layer: 'dense', units: 3, activation: 'tanh' }] };
    const { report } = await look({ epochs: 2, looks: 2, layers });
    const frames = report.blocks.find((b) => b.type === 'frames');
    expect(frames?.frames[0]?.blocks.map((b) => [b.title, b.type === 'tiles' ? b.tiles.length : 0])).toEqual([
      ['Decision surface', 0],
      ['Units of the first layer', 3],
      ['Weights of the first layer', 1],
      ['Their gradients', 1],
    ]);
  });
  it('needs two columns of numbers', () => {
    const narrow = schemaOf(table({ a: 'DOUBLE', side: 'VARCHAR' }));
    expect(checkParams(spec, { target: 'side' }, { rows: narrow }).map((f) => f.code)).toEqual(['train.no-plane']);
  });
});
