/** The runner that `flowyard run` starts before it loads anything else: both processes load side by side. */
import { startSpareRunner, type SpareRunner } from '../engine/run/spare-runner.ts';
import { processCommand } from './process-command.ts';

let ahead: SpareRunner | undefined;

export const startRunnerAhead = (): void => void (ahead ??= startSpareRunner(processCommand('runner')));
export const runnerAhead = (): SpareRunner | undefined => ahead;
