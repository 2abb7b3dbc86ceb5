import type { Command } from './command.ts';
import { app } from './app.ts';
import { run } from './run.ts';

export const commands: readonly Command[] = [run, app];
