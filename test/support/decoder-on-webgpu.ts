/** Trains the small decoders of four families for some steps on one device and prints what they lost and learnt, a line of JSON each: started by a suite that says which Vulkan there is. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { openStepper } from '../../engine/decoder/decoder-stepper.ts';
import { drawn, smallConfig, smallWeights } from '../../engine/decoder/small-decoders.ts';
import { openStepMemory } from '../../engine/decoder/step-memory.ts';
import { sizeOf } from '../../methods/decoder/decoder-weights.ts';
import { learntParameters } from '../../methods/decoder/learnt-parameters.ts';
import { makeBatch, targetCount } from '../../methods/decoder/make-batch.ts';
import {
  decoderFamilies,
  type DecoderFamily,
  decoderModules,
  type Learns,
  type TokenRow,
} from '../../shared/decoder.ts';

const device = process.argv[2] === 'gpu' ? 'gpu' : 'cpu';
const fixtures: { rows: TokenRow[] } = JSON.parse(
  readFileSync(join(import.meta.dirname, '..', '..', 'methods', 'decoder', 'fixtures', 'decoder.json'), 'utf8'),
);
const learns: Learns = { what: 'adapter', rank: 4, alpha: 8, modules: decoderModules };
const rows = fixtures.rows.slice(0, 2);
const targets = rows.reduce((sum, row) => sum + targetCount(row), 0);
const batch = makeBatch(
  rows.map((row) => [row]),
  { batch: 2, length: 24, targets: 48 },
  targets,
);

/** Software computes slowly: each family one way. */
const ways: Readonly<Record<DecoderFamily, 'full' | 'eight-bit'>> = {
  gemma3: 'full',
  llama: 'eight-bit',
  qwen2: 'full',
  qwen3: 'eight-bit',
};
for (const family of decoderFamilies) {
  const precision = ways[family];
  const config = smallConfig(family);
  const parts = learntParameters(config, learns).map(({ name, shape }) =>
    drawn(name, sizeOf(shape)).map((x) => x * (name.endsWith('_a') ? 0.5 : 0.1)),
  );
  const small = precision === 'eight-bit';
  const memory = openStepMemory({ device, threads: 1 });
  const stepper = await openStepper({
    config,
    learns,
    optimizer: { weightDecay: 0.01, clipNorm: 1 },
    weights: smallWeights(config, precision),
    memory,
    parameters: Float32Array.from(parts.flatMap((part) => [...part])),
    precision,
    recompute: small,
    targetsAtOnce: small ? 16 : 48,
    vocabularyParts: small ? 2 : 1,
    packed: small,
  });
  const losses: number[] = [];
  const norms: number[] = [];
  for (let step = 0; step < 2; step++) {
    await stepper.pass(batch);
    const { loss, norm } = await stepper.apply(1e-2);
    losses.push(loss);
    norms.push(norm);
  }
  const { parameters } = await stepper.state();
  process.stdout.write(
    `${JSON.stringify({ name: `${family}, ${precision}`, losses, norms, parameters: [...parameters] })}\n`,
  );
  await stepper.close();
  await memory.release();
}
