import type { Command } from './command.ts';
import { app } from './app.ts';
import { check } from './check.ts';
import { examples } from './examples.ts';
import { models } from './models.ts';
import { nodes } from './nodes.ts';
import { predict } from './predict.ts';
import { run } from './run.ts';
import { runs } from './runs.ts';
import { serve } from './serve.ts';

export const commands: readonly Command[] = [run, check, nodes, examples, runs, models, predict, serve, app];
