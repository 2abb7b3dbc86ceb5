/** The English texts of the first load, one file an area. A key is `area.name`; `{{name}}` stands for a value; `_one` and `_other` for counts. */
import { actions } from './actions.ts';
import { app } from './app.ts';
import { canvas } from './canvas.ts';
import type { changes } from './changes.ts';
import { clusters } from './clusters.ts';
import { common } from './common.ts';
import { runs } from './history.ts';
import { devices } from './devices.ts';
import { inspector } from './inspector.ts';
import { labels } from './labels.ts';
import { limits } from './limits.ts';
import type { language } from './language.ts';
import type { layers } from './layers.ts';
import type { models, services } from './served.ts';
import { log, problems } from './panels.ts';
import { preview } from './preview.ts';
import { report } from './report.ts';
import { start } from './start.ts';
import { states } from './states.ts';
import { training } from './training.ts';

export const en = {
  common,
  app,
  actions,
  canvas,
  start,
  states,
  devices,
  inspector,
  limits,
  labels,
  preview,
  report,
  problems,
  log,
  runs,
  clusters,
  training,
} as const;

/** Texts that come with the screens that say them (`addTexts`): the first load is no longer than it must be. */
export interface LaterTexts {
  language: typeof language;
  layers: typeof layers;
  changes: typeof changes;
  models: typeof models;
  services: typeof services;
}
