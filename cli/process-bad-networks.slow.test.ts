/** What can go wrong when networks learn, each in a branch of one pipeline: told by the real command with the file, the layer or the row and the mend, while the others go on. */
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { crc32, deflateSync } from 'node:zlib';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { makeCommandFolder, type CommandFolder, type Ended } from './spawn-command.ts';

const files = 10_000;
const corrupt = 6789;
let here: CommandFolder;
let ended: Ended;

interface Reported {
  type: string;
  node?: string;
  status?: string;
  reason?: string;
  outputs?: { wire: string }[];
  metrics?: Record<string, unknown>;
  problem?: { code: string; message: string; mend?: string; facts?: Record<string, unknown> };
}
const reported = (of: Ended): Reported[] => of.lines().map((line) => Object.assign({ type: '' }, line));
const ofNode = (node: string, type: string): Reported | undefined =>
  reported(ended).find((one) => one.node === node && one.type === type);
const metrics = (): Record<string, unknown> => ({ ...reported(ended).at(-1)?.metrics });
const said = (node: string, type: 'node-failed' | 'node-warning'): string => {
  const problem = ofNode(node, type)?.problem;
  return `${problem?.code}: ${problem?.message} ${problem?.mend ?? ''}`;
};

/** 8 bits, 8 × 8: a bright square above or below, so that there is something to learn. */
function pngOf(number: number, channels: 1 | 3 = 1): Buffer {
  const side = 8;
  const header = Buffer.from([0, 0, 0, side, 0, 0, 0, side, 8, channels === 1 ? 0 : 2, 0, 0, 0]);
  const row = (y: number): number[] => [
    0,
    ...Array.from(
      { length: side * channels },
      (_, x) => (y < 4 === (number % 2 === 0) ? 200 : 20) + ((x * 7 + number) % 32),
    ),
  ];
  const pixels = deflateSync(Buffer.from(Array.from({ length: side }, (_, y) => row(y)).flat()), { level: 1 });
  const chunk = (name: string, data: Buffer): Buffer => {
    const body = Buffer.concat([Buffer.from(name, 'latin1'), data]);
    const [length, sum] = [Buffer.alloc(4), Buffer.alloc(4)];
    length.writeUInt32BE(data.length);
    sum.writeUInt32BE(crc32(body));
    return Buffer.concat([length, body, sum]);
  };
  const signature = Buffer.from('89504e470d0a1a0a', 'hex');
  return Buffer.concat([signature, chunk('IHDR', header), chunk('IDAT', pixels), chunk('IEND', Buffer.alloc(0))]);
}
/** The right length and the right beginning, and other bytes where the pixels are. */
function spoilt(png: Buffer): Buffer {
  const bytes = Buffer.from(png);
  bytes.fill(0xa5, bytes.indexOf('IDAT') + 4, bytes.indexOf('IEND') - 8);
  return bytes;
}
function draw(folder: string, count: number, png: (number: number) => Buffer): void {
  for (const label of ['above', 'below']) mkdirSync(join(here.folder, folder, label), { recursive: true });
  for (let i = 0; i < count; i++)
    writeFileSync(join(here.folder, folder, i % 2 === 0 ? 'above' : 'below', `${i}.png`), png(i));
}

beforeAll(async () => {
  here = makeCommandFolder();
  draw('photos', files, (i) => (i === corrupt ? spoilt(pngOf(i)) : pngOf(i)));
  draw('mixed', 40, (i) => pngOf(i, i === 31 ? 3 : 1));
  const rows = Array.from({ length: 200 }, (_, i) => `${i % 17},${(i * 7) % 23},${i % 3 === 0 ? 'a' : 'b'},always\n`);
  here.write('numbers.csv', `x,y,kind,same\n${rows.join('')}`);
  const quick = { epochs: 2, batchSize: 64, validation: 'never' };
  const images = (folder: string, faulty = 'refuse') => ({ kind: 'read.images', params: { folder, faulty } });
  const network = (params: object) => ({
    kind: 'train.neural-network',
    params: { target: 'kind', ...quick, ...params },
  });
  const wide = { layer: 'dense', units: 65_536 };
  here.write('bad.pipeline.json', {
    flowyard: 1,
    nodes: {
      stopped: images('photos'),
      'learns-stopped': { kind: 'train.image-network', params: { target: 'label', ...quick } },
      skipped: images('photos', 'leave-out'),
      'learns-skipped': {
        kind: 'train.image-network',
        params: { target: 'label', layers: { preset: 'small' }, ...quick },
      },
      mixed: images('mixed'),
      'learns-mixed': { kind: 'train.image-network', params: { target: 'label', ...quick } },
      numbers: { kind: 'read.csv', params: { file: 'numbers.csv' } },
      'one-class': network({ target: 'same' }),
      diverges: network({
        target: 'y',
        task: 'regression',
        optimizer: 'sgd',
        learningRate: 10,
        epochs: 50,
        layers: { layers: [{ layer: 'dense', units: 8 }] },
      }),
      'too-large': network({ layers: { layers: [wide, wide] } }),
      'goes-well': network({}),
    },
    wires: [
      'stopped.rows -> learns-stopped.rows',
      'skipped.rows -> learns-skipped.rows',
      'mixed.rows -> learns-mixed.rows',
      ...['one-class', 'diverges', 'too-large', 'goes-well'].map((node) => `numbers.rows -> ${node}.rows`),
    ],
  });
  ended = await here.run('run', 'bad.pipeline.json', '--json');
});
afterAll(() => here.remove());

describe('one run of branches that cannot learn', () => {
  it('the corrupt image among ten thousand is named, with the choice between mending it and leaving it out', () => {
    expect(said('stopped', 'node-failed')).toMatch(
      /^images.faulty: "below\/6789.png" is damaged.* Repair or remove the file, or set "Faulty files" to leave them out\.$/,
    );
    expect(ofNode('learns-stopped', 'node-skipped')?.reason).toBe('"photos" failed');
  });
  it('left out as the person chose, it is counted and named, and all others are learnt from', () => {
    expect(said('skipped', 'node-warning')).toMatch(/^images.left-out: .*"below\/6789.png"/);
    expect(metrics()['skipped']).toMatchObject({ images: files - 1, left_out: 1 });
    expect(ofNode('learns-skipped', 'node-finished')?.outputs?.map(({ wire }) => wire)).toEqual(['model', 'report']);
  });
  it('an image of other channels is named beside one that it does not fit', () => {
    expect(said('learns-mixed', 'node-failed')).toMatch(
      /^image.shape: The image "below\/31.png" is colour, "[\w/.]+" is grey\. Put Prepare images before and choose the channels there\.$/,
    );
  });
  it('labels with one class', () => {
    expect(said('one-class', 'node-failed')).toBe(
      'train.one-class: All 200 training rows have the same class: "same" is always. Check the target, the filters and the split: at least two classes are needed.',
    );
  });
  it('a loss that is no number any more names epoch, step, layer and learning rate', () => {
    expect(said('diverges', 'node-failed')).toMatch(
      /^neural.diverged: The loss stopped being a number in epoch \d+, step \d\. It began at layer 1 \(dense\): .*\. Choose a smaller learning rate \(now 10\)/,
    );
  });
  it('a network that does not fit into memory is refused before it begins, with the layer', () => {
    expect(said('too-large', 'node-failed')).toMatch(
      /^neural.no-memory: A step of this training takes 1\d\d GB, 1\d\d GB of it for layer 2 \(dense\); [\d.]+ [MG]B are free\. Make that layer smaller/,
    );
  });
  it('no other branch is touched, and nothing is lost: what was done is not done again when the file is mended', async () => {
    expect(ofNode('goes-well', 'node-finished')?.outputs?.map(({ wire }) => wire)).toEqual(['model', 'report']);
    expect([ended.code, ended.err]).toEqual([1, '']);
    writeFileSync(join(here.folder, 'photos', 'below', `${corrupt}.png`), pngOf(corrupt));
    const again = await here.run('run', 'bad.pipeline.json', '--json');
    const done = reported(again).filter(({ type }) => type === 'node-finished' || type === 'node-cached');
    expect(Object.fromEntries(done.map(({ node, type }) => [node, type]))).toMatchObject({
      stopped: 'node-finished',
      'learns-stopped': 'node-finished',
      'goes-well': 'node-cached',
    });
    expect(reported(again).at(-1)).toMatchObject({ metrics: { stopped: { images: files, left_out: 0 } } });
  });
});
