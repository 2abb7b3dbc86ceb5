/** The graphics processors of this machine, as the system tells of them. Nothing is loaded and nothing is started that could hang. */
import { execFile } from 'node:child_process';
import { readdir, readFile } from 'node:fs/promises';
import { basename } from 'node:path';
import { promisify } from 'node:util';
import * as z from 'zod';
import type { DevicesReport } from '../../../shared/neural/devices.ts';

export type Adapter = DevicesReport['adapters'][number];
const run = promisify(execFile);
const patience = { timeout: 5000, windowsHide: true } as const;

export async function listAdapters(): Promise<Adapter[]> {
  try {
    if (process.platform === 'darwin') return await ofMac();
    if (process.platform === 'win32') return await ofWindows();
    return [...(await ofNvidia()), ...(await ofLinux()), ...softwareVulkan()];
  } catch {
    return [];
  }
}

const vendors: Readonly<Record<string, string>> = {
  '0x10de': 'NVIDIA',
  '0x1002': 'AMD',
  '0x8086': 'Intel',
  '0x13b5': 'Arm',
  '0x5143': 'Qualcomm',
  '0x106b': 'Apple',
};

/** `nvidia-smi` knows the memory; it comes with NVIDIA's driver. */
async function ofNvidia(): Promise<Adapter[]> {
  const query = ['--query-gpu=name,memory.total,driver_version', '--format=csv,noheader,nounits'];
  const { stdout } = await run('nvidia-smi', query, patience).catch(() => ({ stdout: '' }));
  return stdout
    .split('\n')
    .filter((line) => line.trim() !== '')
    .map((line) => {
      const [name = 'NVIDIA', megabytes = '', driver = ''] = line.split(',').map((part) => part.trim());
      const memory = Number(megabytes) * 2 ** 20;
      return {
        name,
        vendor: 'NVIDIA',
        kind: 'discrete' as const,
        memoryBytes: Number.isFinite(memory) ? memory : null,
        driver: driver === '' ? null : driver,
      };
    });
}

/** Cards that the kernel drives, by /sys. NVIDIA's own driver is asked above. */
async function ofLinux(): Promise<Adapter[]> {
  const root = '/sys/class/drm';
  const cards = (await readdir(root).catch(() => [])).filter((name) => /^card\d+$/.test(name));
  const text = (path: string): Promise<string> =>
    readFile(path, 'utf8').then(
      (t) => t.trim(),
      () => '',
    );
  const found = await Promise.all(
    cards.map(async (card): Promise<Adapter[]> => {
      const device = `${root}/${card}/device`;
      const vendor = vendors[await text(`${device}/vendor`)];
      if (vendor === undefined || vendor === 'NVIDIA') return [];
      const memory = Number(await text(`${device}/mem_info_vram_total`));
      const kind = vendor === 'Intel' || memory === 0 ? ('integrated' as const) : ('discrete' as const);
      return [
        {
          name: `${vendor} ${await text(`${device}/device`)}`,
          vendor,
          kind,
          memoryBytes: memory || null,
          driver: null,
        },
      ];
    }),
  );
  return found.flat();
}

/** Vulkan drivers that compute on the processor, where the environment names one: SwiftShader and llvmpipe. */
function softwareVulkan(): Adapter[] {
  const named = process.env['VK_DRIVER_FILES'] ?? process.env['VK_ICD_FILENAMES'] ?? '';
  return named
    .split(':')
    .map((file) => basename(file))
    .flatMap((file) => {
      const name = /swiftshader/i.test(file) ? 'SwiftShader' : /lvp|llvmpipe/i.test(file) ? 'llvmpipe' : undefined;
      return name === undefined
        ? []
        : [{ name, vendor: name, kind: 'software' as const, memoryBytes: null, driver: file }];
    });
}

const macDisplays = z.object({
  SPDisplaysDataType: z.array(
    z.object({
      sppci_model: z.string().optional(),
      _name: z.string().optional(),
      spdisplays_vram: z.string().optional(),
    }),
  ),
});
async function ofMac(): Promise<Adapter[]> {
  const { stdout } = await run('system_profiler', ['SPDisplaysDataType', '-json'], patience);
  return macDisplays.parse(JSON.parse(stdout)).SPDisplaysDataType.map((one) => {
    const name = one.sppci_model ?? one._name ?? 'Graphics processor';
    const vendor = /apple/i.test(name)
      ? 'Apple'
      : /amd|radeon/i.test(name)
        ? 'AMD'
        : /intel/i.test(name)
          ? 'Intel'
          : 'unknown';
    const kind = vendor === 'AMD' ? ('discrete' as const) : ('integrated' as const);
    return { name, vendor, kind, memoryBytes: null, driver: null };
  });
}

const winVideo = z.array(
  z.object({ Name: z.string().nullable(), AdapterRAM: z.number().nullable(), DriverVersion: z.string().nullable() }),
);
async function ofWindows(): Promise<Adapter[]> {
  const script =
    'ConvertTo-Json -Compress @(Get-CimInstance Win32_VideoController | Select-Object Name,AdapterRAM,DriverVersion)';
  const { stdout } = await run('powershell', ['-NoProfile', '-NonInteractive', '-Command', script], patience);
  return winVideo.parse(JSON.parse(stdout)).map(({ Name, AdapterRAM, DriverVersion }) => {
    const name = Name ?? 'Graphics processor';
    const vendor =
      ['NVIDIA', 'AMD', 'Intel', 'Qualcomm'].find((v) => name.toLowerCase().includes(v.toLowerCase())) ?? 'unknown';
    const software = /basic (render|display)/i.test(name);
    const kind = software ? 'software' : vendor === 'Intel' || vendor === 'Qualcomm' ? 'integrated' : 'discrete';
    return { name, vendor, kind, memoryBytes: AdapterRAM, driver: DriverVersion };
  });
}
