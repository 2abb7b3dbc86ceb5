/**
 * Training on WebGPU, by Vulkan in software: SwiftShader, which comes with every Chromium. The test fails where that driver is not the one that computed, and
 * where a node of a graph ran on the processor.
 */
import { spawnSync } from 'node:child_process';
import { closeSync, mkdtempSync, openSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import * as z from 'zod';
import { usedDevice } from '../../shared/neural/devices.ts';
import { softwareVulkan } from '../../test/support/software-vulkan.ts';
import { smallNets } from '../../test/support/neural-nets.ts';
import { encoderFixtures, trialNames } from '../../test/support/small-encoders.ts';
import { trainSmallNet } from '../../test/support/train-small-net.ts';
import { openOrtDevice } from './devices/ort-device.ts';
import { processorDevice } from './devices/processor.ts';

const root = join(import.meta.dirname, '..', '..');
const line = z.object({
  name: z.string(),
  used: usedDevice,
  losses: z.array(z.number()),
  validation: z.array(z.number()),
  answer: z.array(z.number()),
});
const fixtures = z
  .object({ losses: z.record(z.string(), z.array(z.number())) })
  .parse(JSON.parse(readFileSync(join(root, 'methods/neural/fixtures/losses.json'), 'utf8')));

const encoderLine = z.object({ encoder: z.enum(trialNames), losses: z.array(z.number()) });

describe('on WebGPU by SwiftShader', () => {
  let lines: z.output<typeof line>[] = [];
  let encoders: z.output<typeof encoderLine>[] = [];
  let log = '';
  const runtime = mkdtempSync(join(tmpdir(), 'flowyard-webgpu-'));
  beforeAll(async () => {
    const env = await softwareVulkan(runtime);
    const script = join(root, 'test/support/train-on-webgpu.ts');
    // Into a file: onnxruntime's log is silent for good after the first write that a full pipe refuses.
    const reported = join(runtime, 'log');
    const errors = openSync(reported, 'w');
    const ran = spawnSync(process.execPath, [script], {
      cwd: root,
      env,
      encoding: 'utf8',
      stdio: ['ignore', 'pipe', errors],
      maxBuffer: 2 ** 30,
    });
    closeSync(errors);
    log = readFileSync(reported, 'utf8') + ran.stdout;
    const said = ran.stdout.split('\n').filter((text) => text.startsWith('{"name"'));
    if (ran.status !== 0) throw new Error(`training on WebGPU failed: ${log.slice(-3000)}`);
    lines = said.map((text) => line.parse(JSON.parse(text)));
    encoders = ran.stdout
      .split('\n')
      .filter((text) => text.startsWith('{"encoder"'))
      .map((text) => encoderLine.parse(JSON.parse(text)));
  });
  afterAll(() => rmSync(runtime, { recursive: true, force: true }));

  test('the adapter is SwiftShader, and every node of every graph runs on it', () => {
    for (const { used } of lines) expect(used).toMatchObject({ provider: 'webgpu', name: 'SwiftShader (WebGPU)' });
    expect(lines.map((l) => l.name)).toEqual(Object.keys(smallNets));
    // onnxruntime may put what it calls shape arithmetic on the processor: there is none in our graphs.
    const placements = log.split('\n').filter((text) => /nodes? placed on/i.test(text));
    // One session a network at the least.
    expect(placements.length).toBeGreaterThanOrEqual(lines.length + encoders.length);
    expect(placements.filter((text) => !/All nodes placed on \[WebGpuExecutionProvider\]/.test(text))).toEqual([]);
  });

  // Sums in another order: four digits hold for some epochs, then rounding grows with every step.
  test.each(Object.keys(smallNets))('%s loses what PyTorch loses, within 0.1 %%', (name) => {
    const found = lines.find((l) => l.name === name)!;
    const wanted = fixtures.losses[name]!;
    expect(found.losses).toHaveLength(wanted.length);
    found.losses.forEach((loss, i) => expect(Math.abs(loss / wanted[i]! - 1)).toBeLessThan(1e-3));
  });

  test.each(trialNames)(
    'an encoder (%s) loses what PyTorch loses, step by step, within 0.1 %% or a ten-thousandth',
    (name) => {
      const losses = encoders.find((one) => one.encoder === name)?.losses ?? [];
      const wanted = encoderFixtures.losses[name];
      expect(losses).toHaveLength(wanted.length);
      losses.forEach((loss, i) => expect(Math.abs(loss - wanted[i]!)).toBeLessThan(Math.max(1e-4, 1e-3 * wanted[i]!)));
    },
  );

  test.each(Object.keys(smallNets))('%s answers as the one that the processor trained, within 0.01', async (name) => {
    const trained = await trainSmallNet(name, await openOrtDevice(processorDevice(1)));
    const found = lines.find((l) => l.name === name)!;
    const worst = trained.answer.reduce((most, v, i) => Math.max(most, Math.abs(v - found.answer[i]!)), 0);
    expect(worst).toBeLessThan(0.01);
    trained.validation.forEach((loss, i) => expect(Math.abs(loss / found.validation[i]! - 1)).toBeLessThan(2e-3));
  });
});
