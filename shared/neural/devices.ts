/** What this machine has to compute with, what is used of it, and why not the rest. */
import * as z from 'zod';

export const providerName = z.enum(['webgpu', 'cuda', 'directml', 'coreml', 'cpu']);
export type ProviderName = z.output<typeof providerName>;
/** What a result says of it: the machine's own name would make equal results differ from place to place. */
export const providerWords: Readonly<Record<ProviderName, string>> = {
  webgpu: 'WebGPU',
  cuda: 'CUDA',
  directml: 'DirectML',
  coreml: 'CoreML',
  cpu: 'processor',
};

/** What a training or a prediction ran on. */
export const usedDevice = z.object({
  backend: z.string(),
  provider: providerName,
  /** "NVIDIA H100 (Vulkan)", "AMD EPYC, 8 threads". */
  name: z.string(),
  /** Why this one, in a sentence; every fallback has its reason here. */
  reason: z.string(),
});
export type UsedDevice = z.output<typeof usedDevice>;

export const devicesReport = z.object({
  processor: z.object({ name: z.string(), threads: z.number().int(), memoryBytes: z.number(), freeBytes: z.number() }),
  adapters: z.array(
    z.object({
      name: z.string(),
      vendor: z.string(),
      kind: z.enum(['discrete', 'integrated', 'software', 'unknown']),
      memoryBytes: z.number().nullable(),
      driver: z.string().nullable(),
    }),
  ),
  providers: z.array(
    z.object({
      name: providerName,
      /** A step was computed on it, just now. */
      works: z.boolean(),
      /** Why it does not, or what it ran on. */
      says: z.string(),
    }),
  ),
  backends: z.array(z.object({ name: z.string(), version: z.string().nullable(), says: z.string() })),
  /** What `auto` takes. */
  used: usedDevice,
});
export type DevicesReport = z.output<typeof devicesReport>;
