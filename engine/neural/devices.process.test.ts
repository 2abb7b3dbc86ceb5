import { execFileSync } from 'node:child_process';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { devicesHandlers } from '../workspace/handlers/devices.ts';
import { devicesReport } from '../../shared/neural/devices.ts';
import { chooseProvider } from './devices/open-device.ts';

const cli = join(import.meta.dirname, '../../cli');

describe('what this machine can compute with', () => {
  test('the command line tells it as JSON, with a reason for every provider that does not work', () => {
    const said = execFileSync(process.execPath, [join(cli, 'main.ts'), 'devices', '--json'], { encoding: 'utf8' });
    const report = devicesReport.parse(JSON.parse(said));
    expect(report.providers.find((p) => p.name === 'cpu')?.works).toBe(true);
    for (const provider of report.providers) expect(provider.says).toMatch(/\w.*\.$/);
    expect(report.used.reason).toMatch(/\w.*\.$/);
    expect(report.backends.map((b) => b.name)).toEqual(['onnxruntime', 'tensorflow']);
  });
  test('the host asks a process of its own, once', async () => {
    const list = devicesHandlers([process.execPath, join(cli, 'process.ts'), 'runner'])['devices.list'];
    const stay = { signal: new AbortController().signal };
    const first = await list({ again: false }, stay);
    expect(await list({ again: false }, stay)).toBe(first);
  });
  test('where that process dies, the words say so and the next question looks again', async () => {
    const list = devicesHandlers([process.execPath, join(cli, 'no-such-file.ts'), 'runner'])['devices.list'];
    const stay = { signal: new AbortController().signal };
    await expect(list({ again: false }, stay)).rejects.toMatchObject({ code: 'devices.unknown' });
    await expect(list({ again: false }, stay)).rejects.toMatchObject({ code: 'devices.unknown' });
  });
});

describe('the device of a training', () => {
  test('is the processor where it was asked for', async () => {
    expect((await chooseProvider({ device: 'cpu', threads: 2 })).used).toMatchObject({
      provider: 'cpu',
      reason: 'The processor was asked for.',
    });
  });
});
