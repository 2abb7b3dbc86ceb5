/** Limits of a run as the fields of their dialog show them: numbers in the units of people, NaN where nothing was chosen. */
import type { RunLimits } from '../../../shared/run/run-limits.ts';
import type { Answer } from '../rpc/host-client.ts';

export interface LimitFields {
  memoryGb: number;
  minutes: number;
  diskGb: number;
}
export type MemoryFacts = Answer<'limits.get'>['memory'];

// As the command line and what a run says count them.
const gigabyte = 2 ** 30;

const orNaN = (value: number | undefined, unit: number): number =>
  value === undefined ? Number.NaN : Number((value / unit).toPrecision(6));

export const toFields = ({ memoryBytes, seconds, tempBytes }: RunLimits): LimitFields => ({
  memoryGb: orNaN(memoryBytes, gigabyte),
  minutes: orNaN(seconds, 60),
  diskGb: orNaN(tempBytes, gigabyte),
});

export function toLimits({ memoryGb, minutes, diskGb }: LimitFields): RunLimits {
  return {
    ...(Number.isNaN(memoryGb) ? {} : { memoryBytes: Math.round(memoryGb * gigabyte) }),
    ...(Number.isNaN(minutes) ? {} : { seconds: minutes * 60 }),
    ...(Number.isNaN(diskGb) ? {} : { tempBytes: Math.round(diskGb * gigabyte) }),
  };
}

/** Fields that the host would refuse. */
export function wrongFields(
  { memoryGb, minutes, diskGb }: LimitFields,
  { leastBytes, mostBytes }: MemoryFacts,
): ReadonlySet<keyof LimitFields> {
  const bytes = Math.round(memoryGb * gigabyte);
  const wrong = new Set<keyof LimitFields>();
  if (bytes < leastBytes || bytes > mostBytes) wrong.add('memoryGb');
  if (minutes <= 0) wrong.add('minutes');
  // Less than a megabyte is no place for a file.
  if (diskGb < 0.001) wrong.add('diskGb');
  return wrong;
}

/** Rounded down, so that the figure itself may be entered. */
export const inGigabytes = (bytes: number, round: (value: number) => number = Math.round): string =>
  String(round((bytes / gigabyte) * 10) / 10);
