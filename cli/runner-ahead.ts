/** The runner that `flowyard run` starts before it loads anything else: both processes load side by side. */
import { startSpareRunner, type SpareRunner } from '../engine/run/runner/spare-runner.ts';
import { processCommand } from './process-command.ts';

let ahead: SpareRunner | undefined;

/** @param limitBytes memory that the run may hold, where a person says so */
export const startRunnerAhead = (limitBytes: number | undefined): void =>
  void (ahead ??= startSpareRunner(processCommand('runner'), limitBytes));
export const runnerAhead = (): SpareRunner | undefined => ahead;
