/**
 * Decoders on WebGPU, by Vulkan in software: what is lost, how long the gradients are and what is learnt are those of the processor. A provider can leave an
 * output unwritten and say nothing: a right first loss proves little, so the gradients and the changed parameters are compared.
 */
import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import * as z from 'zod';
import { decoderFamilies } from '../../shared/decoder.ts';
import { softwareVulkan } from '../../test/support/software-vulkan.ts';

const root = join(import.meta.dirname, '..', '..');
const line = z.object({
  name: z.string(),
  losses: z.array(z.number()),
  norms: z.array(z.number()),
  parameters: z.array(z.number()),
});

async function trained(device: 'cpu' | 'gpu'): Promise<z.output<typeof line>[]> {
  const runtime = mkdtempSync(join(tmpdir(), 'flowyard-webgpu-'));
  try {
    const env = await softwareVulkan(runtime);
    const script = join(root, 'test/support/decoder-on-webgpu.ts');
    const ran = spawnSync(process.execPath, [script, device], { cwd: root, env, encoding: 'utf8', maxBuffer: 2 ** 28 });
    if (ran.status !== 0) throw new Error(`training on ${device} failed: ${ran.stderr.slice(-3000)}`);
    const said = ran.stdout.split('\n').filter((text) => text.startsWith('{"name"'));
    return said.map((text) => line.parse(JSON.parse(text)));
  } finally {
    rmSync(runtime, { recursive: true, force: true });
  }
}
const worst = (a: readonly number[], b: readonly number[]): number =>
  Math.max(...a.map((x, i) => Math.abs(x - (b[i] ?? Number.NaN))));

test('each family learns on WebGPU what it learns on the processor', async () => {
  const [cpu, gpu] = [await trained('cpu'), await trained('gpu')];
  expect(gpu.map(({ name }) => name)).toEqual(cpu.map(({ name }) => name));
  expect(gpu.length).toBe(decoderFamilies.length);
  for (const [i, one] of gpu.entries()) {
    expect(worst(cpu[i]?.losses ?? [], one.losses), `${one.name}: losses`).toBeLessThan(2e-5);
    expect(worst(cpu[i]?.norms ?? [], one.norms), `${one.name}: gradients`).toBeLessThan(2e-4);
    expect(worst(cpu[i]?.parameters ?? [], one.parameters), `${one.name}: parameters`).toBeLessThan(5e-5);
  }
});
