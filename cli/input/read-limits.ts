/** `--memory 4GB`, `--time-limit 90m`, `--temp-limit 20GB`. Imports little: the memory is read before anything else is loaded. */
import { leastMemory, memoryOfAll, sayGigabytes } from '../../engine/compute/machine-memory.ts';
import type { RunLimits } from '../../shared/run/run-limits.ts';
import { UsageError, type CommandInput, type Option } from '../commands/command.ts';

export const memoryOption: Readonly<Record<string, Option>> = {
  memory: {
    type: 'string',
    value: 'SIZE',
    about: 'Memory that it may hold: 800MB, 4GB. Above, it is ended. Default: half of this machine’s.',
  },
};
const timeOption: Readonly<Record<string, Option>> = {
  'time-limit': { type: 'string', value: 'TIME', about: 'It is ended after so long: 90s, 15m, 2h. Default: never.' },
};
/** Of commands that compute themselves. */
export const ownLimitOptions = { ...memoryOption, ...timeOption };
export const limitOptions: Readonly<Record<string, Option>> = {
  ...memoryOption,
  ...timeOption,
  'temp-limit': {
    type: 'string',
    value: 'SIZE',
    about: 'Disk that it may take for what does not fit into memory: 20GB. Default: what the disk has.',
  },
};

/** For the window: kept in the workspace, as its own setting. */
export const keptLimitOptions: Readonly<Record<string, Option>> = Object.fromEntries(
  Object.entries(limitOptions).map(([name, option]) => [
    name,
    { ...option, about: `Of each run from now on, kept for this workspace. ${option.about}` },
  ]),
);

const units: Readonly<Record<string, number>> = { KB: 2 ** 10, MB: 2 ** 20, GB: 2 ** 30, TB: 2 ** 40 };
const seconds: Readonly<Record<string, number>> = { S: 1, M: 60, H: 3600, D: 86_400 };

function readSize(text: string, option: string): number {
  const [, number, unit = ''] = /^\s*(\d+(?:\.\d+)?)\s*([KMGT]B)\s*$/i.exec(text) ?? [];
  const bytes = Math.floor(Number(number) * (units[unit.toUpperCase()] ?? Number.NaN));
  if (bytes >= 1) return bytes;
  throw new UsageError(`--${option} takes a size such as 800MB or 4GB, not "${text}".`);
}

export function readMemory(text: string | undefined): number | undefined {
  if (text === undefined) return undefined;
  const bytes = readSize(text, 'memory');
  if (bytes < leastMemory) throw new UsageError(`--memory takes at least ${leastMemory / 2 ** 20} MB, not "${text}".`);
  if (bytes > memoryOfAll())
    throw new UsageError(`--memory takes at most ${sayGigabytes(memoryOfAll())} on this machine, not "${text}".`);
  return bytes;
}

/** Before the arguments are parsed; wrong ones are refused later. */
export const memoryAhead = (args: readonly string[]): number | undefined => ahead(args, '--memory', readMemory);
export const secondsAhead = (args: readonly string[]): number | undefined => ahead(args, '--time-limit', readTime);

function ahead<T>(args: readonly string[], option: string, read: (text: string) => T): T | undefined {
  const at = args.findLastIndex((arg) => arg === option || arg.startsWith(`${option}=`));
  const text = args[at]?.split('=')[1] ?? args[at + 1];
  try {
    return at < 0 || text === undefined ? undefined : read(text);
  } catch {
    return undefined;
  }
}

export function readLimits(input: CommandInput): RunLimits {
  const memoryBytes = readMemory(input.text('memory'));
  const [time, temp] = [input.text('time-limit'), input.text('temp-limit')];
  return {
    ...(memoryBytes === undefined ? {} : { memoryBytes }),
    ...(time === undefined ? {} : { seconds: readTime(time) }),
    ...(temp === undefined ? {} : { tempBytes: readSize(temp, 'temp-limit') }),
  };
}

function readTime(text: string): number {
  const [, number, unit = ''] = /^\s*(\d+(?:\.\d+)?)\s*([smhd])\s*$/i.exec(text) ?? [];
  const time = Number(number) * (seconds[unit.toUpperCase()] ?? Number.NaN);
  if (time > 0) return time;
  throw new UsageError(`--time-limit takes a time such as 90s, 15m or 2h, not "${text}".`);
}
