/** A command of the command line: its own file, its options declared once for parsing and help. */
import type { ParseArgsOptionsConfig } from 'node:util';

export interface Option {
  type: 'string' | 'boolean';
  multiple?: boolean;
  /** `name=value`, shown in the help. */
  value?: string;
  about: string;
  /** Its name before, which scripts go on using. */
  alias?: string;
}
export interface CommandInput {
  positionals: readonly string[];
  text: (option: string) => string | undefined;
  texts: (option: string) => readonly string[];
  flag: (option: string) => boolean;
}
export interface Command {
  name: string;
  usage: string;
  about: string;
  options: Readonly<Record<string, Option>>;
  /** Exit code: 0 done, 1 it failed, 2 usage or an invalid file. */
  run: (input: CommandInput) => Promise<number>;
}

export const commonOptions: Readonly<Record<string, Option>> = {
  json: { type: 'boolean', about: 'One JSON object a line on standard output.' },
  workspace: {
    type: 'string',
    value: 'DIR',
    about: 'Where results, models and services are kept. Default: this folder.',
  },
};

export function toParseOptions(options: Readonly<Record<string, Option>>): ParseArgsOptionsConfig {
  return Object.fromEntries(
    Object.entries(options).flatMap(([name, { type, multiple = false, alias }]) =>
      [name, alias ?? name].map((word) => [word, { type, multiple }]),
    ),
  );
}

/** Wrong words on the command line. */
export class UsageError extends Error {
  override name = 'UsageError';
}

/** Values are JSON, else text: `5`, `true`, `[1,2]`, `hello`. */
export function readValue(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return text;
  }
}

/** A whole number from 1 on (`from` 0: or nothing); undefined when it was not given. */
export function readCount(
  input: CommandInput,
  option: string,
  from = 1,
  to = Number.MAX_SAFE_INTEGER,
): number | undefined {
  const text = input.text(option);
  if (text === undefined) return undefined;
  const value = Number(text);
  if (text.trim() === '' || !Number.isInteger(value) || value < from || value > to)
    throw new UsageError(`--${option} takes a whole number${to < 1e6 ? ` from ${from} to ${to}` : ''}, not "${text}".`);
  return value;
}

export function splitPair(text: string, what: string): [string, string] {
  const at = text.indexOf('=');
  if (at <= 0) throw new UsageError(`${what} is written name=value, not "${text}".`);
  return [text.slice(0, at), text.slice(at + 1)];
}
