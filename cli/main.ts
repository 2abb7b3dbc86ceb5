/** `flowyard`: the command line. */
import { parseArgs } from 'node:util';
import { toProblem, type Problem } from '../shared/errors.ts';
import { isClosedPipe } from './closed-pipe.ts';
import { isGuarded } from '../engine/compute/start-computing.ts';
import { commandNames, computingCommands, loadAllCommands, loadCommand } from './commands/commands.ts';
import { toParseOptions, UsageError, type Command, type CommandInput } from './commands/command.ts';
import { exitCodeOf } from './exit-code.ts';
import { printHelp } from './help.ts';
import { printJson } from './print-table.ts';
import { complain } from './say.ts';
import { memoryAhead, secondsAhead } from './input/read-limits.ts';
import { runApart } from './run-apart.ts';
import { startRunnerAhead } from './runner-ahead.ts';

async function main(args: readonly string[]): Promise<number> {
  const [first, ...rest] = args;
  if (first === undefined || first === '--help' || first === '-h' || first === 'help') {
    printHelp(await loadAllCommands(), rest[0]);
    return first === undefined ? 2 : 0;
  }
  if (first === 'run' && !rest.includes('--help')) startRunnerAhead(memoryAhead(rest));
  if (computingCommands.has(first) && !rest.includes('--help') && !isGuarded())
    return runApart(args, { limitBytes: memoryAhead(rest), seconds: secondsAhead(rest) });
  const json = args.includes('--json');
  const command = await loadCommand(first);
  if (command === undefined)
    return refuse(`There is no command "${first}".`, `The commands are ${commandNames.join(', ')}.`, json);
  if (rest.includes('--help')) {
    printHelp([command], command.name);
    return 0;
  }
  try {
    return await command.run(readInput(command, rest));
  } catch (thrown) {
    if (thrown instanceof UsageError || isParseError(thrown))
      return refuse(thrown.message, `flowyard ${command.usage}`, json);
    const problem = toProblem(thrown);
    if (json) printJson({ type: 'error', problem });
    complain(`${problem.message}${problem.mend === undefined ? '' : ` ${problem.mend}`}`);
    if (problem.code === 'internal.unexpected' && thrown instanceof Error) complain(thrown.stack ?? '');
    return exitCodeOf(problem.code);
  }
}

function readInput(command: Command, args: readonly string[]): CommandInput {
  const { values, positionals } = parseArgs({
    args: [...args],
    options: toParseOptions(command.options),
    allowPositionals: true,
  });
  const given = (option: string) => [command.options[option]?.alias ?? [], option].flat().map((name) => values[name]);
  const list = (option: string): string[] =>
    given(option)
      .flat()
      .filter((v) => typeof v === 'string');
  return {
    positionals,
    text: (option) => list(option).at(-1),
    texts: list,
    flag: (option) => given(option).includes(true),
  };
}

const isParseError = (thrown: unknown): thrown is Error =>
  thrown instanceof TypeError && 'code' in thrown && String(thrown.code).startsWith('ERR_PARSE_ARGS');

function refuse(message: string, mend: string, json: boolean): number {
  const problem: Problem = { code: 'usage', severity: 'error', message, mend };
  if (json) printJson({ type: 'error', problem });
  complain(message);
  complain(mend);
  return 2;
}

// Whoever reads us may have read enough (`| head`): what was begun is done to its end all the same, and the exit code tells how that was.
for (const stream of [process.stdout, process.stderr])
  stream.on('error', (error) => {
    if (isClosedPipe(error)) return;
    complain(`What was to be printed cannot be written: ${error.message}`);
    process.exit(1);
  });
process.exitCode = await main(process.argv.slice(2));
