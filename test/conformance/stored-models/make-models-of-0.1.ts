/**
 * Makes `of-0.1/`: models of every form and recipe as Flowyard 0.1 stored them on 2 December 2026, rows to ask, and what each model answers, to the bit.
 *
 *     node test/conformance/stored-models/make-models-of-0.1.ts
 *
 * They stay as they are: that a newer Flowyard answers the same from them is what the test is for.
 */
import { cp, mkdir, readFile, readdir, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import sharp from 'sharp';
import { openTokenizer } from '../../../engine/text/tokenizer.ts';
import { openModel } from '../../../engine/recipe/open-model.ts';
import { graphBuilder } from '../../../methods/onnx/graph-builder.ts';
import { randomGenerator } from '../../../methods/random/random-generator.ts';
import { FlowyardError } from '../../../shared/errors.ts';
import { houseNames, makeHouses } from '../../integration/houses.ts';
import { askCommand } from '../../support/asked-model.ts';
import type { OnnxFeed } from '../../support/ask-onnx.ts';
import { onlyAnswers } from '../../support/network-parity.ts';
import { themes, writeTinyBert, writeTinyEncoder } from '../../support/tiny-encoder.ts';
import { toCsv, Workshop } from '../../support/workshop.ts';
import { askStored, exportStored, keepFeed, plainAnswers, type KeptFeed, type KeptOnnx } from './ask-stored.ts';
import { casesOf01 } from './cases-of-0.1.ts';

type Row = Readonly<Record<string, string | number | bigint | boolean | null>>;
const place = join(import.meta.dirname, 'of-0.1');
const random = randomGenerator(31);

function opinion(i: number): Row {
  const isGood = i % 2 === 0;
  const word = (of: readonly string[]): string => of[random.nextBelow(of.length)] ?? '';
  const theme = themes[i % 4] ?? [];
  const says = isGood ? ['good', 'Great', 'fine'] : ['bad', 'poor', 'AWFUL'];
  const phase = random.nextFloat() * 6;
  const text = Array.from({ length: 1 + random.nextBelow(4) }, () => `the ${word(theme)} is ${word(says)}`).join(', ');
  return {
    id: `o${i}`,
    text: i % 17 === 3 ? null : `${text}, größe ${i % 3}! ${i % 7 === 0 ? 'https://a.example/b' : ''}`,
    other: word(themes[(i * i) % 4] ?? []),
    ...Object.fromEntries(
      Array.from({ length: 6 }, (_, t) => [
        `t${t}`,
        random.nextFloat() < 0.05 ? null : Math.sin(phase + t * (isGood ? 0.6 : 1.9)),
      ]),
    ),
    verdict: isGood ? 'yes' : 'no',
    theme: `theme ${i % 4}`,
    alike: (i * i) % 4 === i % 4 ? 1 : 0.25,
  };
}
const odd = (i: number): string =>
  [
    `p${i}`,
    i % 11 === 4 ? 'k. A.' : `${1 + (i % 7)}.${String(100 + i)},${i % 10}5`,
    i % 13 === 5 ? '-' : `${String(1 + (i % 28)).padStart(2, '0')}.0${1 + (i % 9)}.2024`,
    i % 9 === 2 ? 'about half' : `${i % 100},5`,
    (i * 7) % 10 > 4 ? 'true' : 'false',
  ].join(';');

async function draw(path: string, seed: number, isAcross: boolean): Promise<void> {
  const own = randomGenerator(seed);
  const [width, height] = [14, 15];
  const at = 4 + own.nextBelow(8);
  const pixels = Buffer.from(
    Array.from({ length: width * height * 3 }, (_, i) => {
      const [x, y] = [Math.floor(i / 3) % width, Math.floor(i / 3 / width)];
      return own.nextBelow(60) + ((isAcross ? y : x) === at ? 120 + 20 * (i % 3) : 0);
    }),
  );
  await sharp(pixels, { raw: { width, height, channels: 3 } })
    .png({ compressionLevel: 9 })
    .toFile(path);
}

/** A frozen encoder of our own: mean and greatest shade of each quarter. */
function quarters(): Uint8Array {
  const g = graphBuilder('quarters');
  const x = g.input('pixels', 'float', ['n', 3, 8, 8]);
  const pool = { kernel_shape: [4, 4], strides: [4, 4] };
  const both = g.apply('Concat', [g.apply('AveragePool', [x], pool), g.apply('MaxPool', [x], pool)], { axis: 1 });
  const kernel = g.constant('float', [2, 6, 1, 1], [1, 0.5, 0, 0.2, 0, 0, 0, -1, 1, 0, 0.3, 0]);
  const map = g.apply('Relu', [g.apply('Conv', [both, kernel])]);
  g.output('flat', g.apply('Flatten', [map], { axis: 1 }), 'float', ['n', 8]);
  return g.toBytes();
}

/** What is asked, once for all models. */
async function writeAsked(): Promise<void> {
  await writeFile(join(place, 'houses.csv'), toCsv(houseNames, makeHouses(24, 12, true)));
  const opinions = Array.from({ length: 18 }, (_, i) => opinion(i)).map((row, i) =>
    i === 5 ? { ...row, text: '' } : i === 6 ? { ...row, text: 'Good unseen 日本' } : row,
  );
  await writeFile(join(place, 'opinions.jsonl'), opinions.map((row) => JSON.stringify(row)).join('\n'));
  await writeFile(
    join(place, 'odd.csv'),
    ['id;amount;day;share;paid', ...Array.from({ length: 16 }, (_, i) => odd(500 + i * 3))].join('\n'),
  );
  await mkdir(join(place, 'pictures'), { recursive: true });
  for (let i = 0; i < 4; i++) await draw(join(place, 'pictures', `${i}.png`), 900 + i, i % 2 === 0);
}

async function writeTraining(shop: Workshop): Promise<void> {
  await shop.write('train-houses.csv', toCsv(houseNames, makeHouses(240, 11, false)));
  await shop.write('train-many.csv', toCsv(houseNames, makeHouses(1300, 17, false)));
  await shop.write('train-opinions.jsonl', Array.from({ length: 80 }, (_, i) => JSON.stringify(opinion(i))).join('\n'));
  await shop.write(
    'train-odd.csv',
    ['id;amount;day;share;paid', ...Array.from({ length: 150 }, (_, i) => odd(i))].join('\n'),
  );
  for (let i = 0; i < 30; i++) {
    const folder = join(shop.folder, 'train-pictures', i % 2 === 0 ? 'across' : 'down');
    await mkdir(folder, { recursive: true });
    await draw(join(folder, `${i}.png`), i, i % 2 === 0);
  }
  await writeFile(join(shop.folder, 'encoder.onnx'), quarters());
  await writeTinyBert(join(shop.folder, 'bert'), { padding: 1 });
  await writeTinyEncoder(join(shop.folder, 'onnx'));
}

/** What an exported file's input takes of the rows. */
async function feed(
  folder: string,
  { name, type }: { name: string; type: string },
  rows: readonly Readonly<Record<string, unknown>>[],
): Promise<OnnxFeed> {
  const { model } = await openModel(folder);
  const cells = rows.map((row) => row[name] ?? null);
  const shape = [rows.length, 1];
  const { estimator } = model as unknown as {
    estimator: { encoding?: { kind: string; length: number; columns: string[] }; tokens?: { tokenizer: unknown } };
  };
  if (type.startsWith('STRUCT')) {
    const files = (await readdir(join(place, 'pictures'))).toSorted();
    const pixels: number[] = [];
    for (const file of files) {
      const { data, info } = await sharp(join(place, 'pictures', file))
        .raw()
        .toBuffer({ resolveWithObject: true });
      for (let at = 0; at < data.length; at++) {
        const area = info.width * info.height;
        pixels.push((data[(at % area) * 3 + Math.floor(at / area)] ?? 0) / 255);
      }
    }
    return { type: 'float32', shape: [files.length, 3, 15, 14], values: Float32Array.from(pixels) };
  }
  if (estimator.encoding?.kind === 'wordpieces' && estimator.encoding.columns.includes(name)) {
    const { length } = estimator.encoding;
    const bert = join(encoderFolder, 'tokenizer.json');
    const { encode } = await openTokenizer({
      tokenizer: JSON.parse(await readFile(bert, 'utf8')),
      tokenizerConfig: {},
      longest: length,
    });
    const values = cells.flatMap((cell) => {
      const { ids } = encode(typeof cell === 'string' ? cell : '');
      return [...ids, ...Array.from({ length: length - ids.length }, () => 1)];
    });
    return { type: 'int64', shape: [rows.length, length], values };
  }
  if (type === 'VARCHAR') return { type: 'string', shape, values: cells.map((c) => (c === null ? '' : String(c))) };
  const numbers = cells.map((cell) => {
    if (cell === null) return Number.NaN;
    if (type === 'DATE') return Date.parse(String(cell)) / 86_400_000;
    if (type.startsWith('TIMESTAMP')) return Date.parse(`${String(cell).replace(' ', 'T').replace(/Z?$/, 'Z')}`) * 1000;
    return Number(cell);
  });
  return { type: 'float64', shape, values: Float64Array.from(numbers) };
}
let encoderFolder = '';

async function keepOnnx(
  folder: string,
  shop: Workshop,
  rows: readonly Readonly<Record<string, unknown>>[],
): Promise<KeptOnnx | null> {
  try {
    const { inputs } = await exportStored(folder);
    const feeds: Record<string, OnnxFeed> = {};
    const kept: Record<string, KeptFeed> = {};
    for (const input of inputs) {
      const given = await feed(folder, input, rows);
      feeds[input.name] = given;
      kept[input.name] = keepFeed(given);
    }
    return { feeds: kept, answers: plainAnswers(await askStored(folder, join(shop.folder, 'model.onnx'), feeds)) };
  } catch (thrown) {
    // A recipe without an ONNX form.
    if (thrown instanceof FlowyardError && thrown.code.startsWith('onnx.')) return null;
    throw thrown;
  }
}

const only = process.argv.slice(2);
await mkdir(place, { recursive: true });
await writeAsked();
await using shop = await Workshop.open();
await writeTraining(shop);
encoderFolder = join(shop.folder, 'bert');
await cp(place, shop.folder, { recursive: true });
for (const [name, { nodes, wires, rows, prepared }] of Object.entries(casesOf01)) {
  if (only.length > 0 && !only.includes(name)) continue;
  const ids = Object.keys(nodes);
  const chain = ids.slice(1).map((node, i) => `${ids[i] ?? ''}.rows -> ${node}.rows`);
  const run = await shop.run(nodes, wires ?? chain);
  if (run.status !== 'done') throw new Error(`${name}: ${JSON.stringify(run.problems)}`);
  const { folder, key } = run.artifact('train');
  await rm(join(place, name), { recursive: true, force: true });
  const kept = join(place, name, key);
  await cp(folder, kept, { recursive: true });
  // What the node's other outputs are is no part of the model.
  for (const file of await readdir(kept))
    if (file.endsWith('.parquet') && file.startsWith('rows')) await rm(join(kept, file));
  let asked: string = rows;
  if (prepared !== undefined) {
    asked = 'prepared.jsonl';
    const lines = (await run.rows(prepared)).slice(0, 18).map(({ __row, __partition, ...row }) => JSON.stringify(row));
    await writeFile(join(place, name, asked), lines.join('\n'));
    await cp(join(place, name, asked), join(shop.folder, asked));
  }
  const printed = await askCommand(shop.folder, key, asked, prepared !== undefined ? ['--prepared'] : []);
  const answers = printed.map(onlyAnswers);
  const onnx = await keepOnnx(kept, shop, printed);
  await writeFile(join(place, name, 'answers.json'), `${JSON.stringify({ rows: asked, answers, onnx })}\n`);
  process.stdout.write(
    `${name}: ${answers.length} answers${onnx === null ? ', no ONNX form' : ''} ${JSON.stringify(answers[0])}\n`,
  );
}
