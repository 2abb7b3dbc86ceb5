/** Help, from what the commands declare. */
import { largest } from '../shared/append.ts';
import { printLines } from './print-table.ts';
import type { Command } from './commands/command.ts';

export function printHelp(commands: readonly Command[], name?: string): void {
  const command = commands.find((c) => c.name === name);
  const lines = command === undefined ? overview(commands) : details(command);
  printLines(lines);
}

function overview(commands: readonly Command[]): string[] {
  const width = largest(commands.map((c) => c.usage.length));
  return [
    'flowyard: machine-learning pipelines from files that were drawn',
    '',
    ...commands.map((c) => `  flowyard ${c.usage.padEnd(width)}  ${c.about}`),
    '',
    'flowyard help COMMAND tells its options. Exit codes: 0 done, 1 failed, 2 usage or an invalid file.',
  ];
}

function details(command: Command): string[] {
  const rows = Object.entries(command.options).map(
    ([name, o]) =>
      [
        `--${name}${o.value === undefined ? '' : ` ${o.value}`}`,
        o.alias === undefined ? o.about : `${o.about} Also --${o.alias}.`,
      ] as const,
  );
  const width = largest([0, ...rows.map(([option]) => option.length)]);
  return [
    `flowyard ${command.usage}`,
    command.about,
    '',
    ...rows.map(([option, about]) => `  ${option.padEnd(width)}  ${about}`),
  ];
}
