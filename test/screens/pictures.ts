/** Which pictures show what the window has. The types hold it complete: a new screen, tab or dialog does not build before it is named here. */
import type { Overlay } from '../../renderer/src/state/window/overlay.ts';
import type { DrawerTab, Screen } from '../../renderer/src/state/window/view.ts';

export const themes = ['light', 'dark'] as const;

export const screens: Readonly<Record<Screen['name'], readonly string[]>> = {
  start: ['start'],
  pipeline: ['pipeline-empty', 'pipeline', 'node'],
  runs: ['run', 'runs-compared'],
  models: ['models'],
  services: ['services'],
  labels: ['labels'],
  language: ['playground', 'language-files'],
  clusters: ['clusters'],
  report: ['report', 'lesson'],
};
export const tabs: Readonly<Record<DrawerTab, string>> = {
  preview: 'tab-preview',
  profile: 'tab-profile',
  charts: 'tab-charts',
  changes: 'tab-changes',
  schema: 'tab-schema',
  report: 'tab-report',
  training: 'tab-training',
  log: 'tab-log',
  code: 'tab-code',
  problems: 'tab-problems',
};
/** Null: one question with its buttons, which the page tells in words. */
export const dialogs: Readonly<Record<Overlay['name'], string | null>> = {
  'command-search': 'command-search',
  keys: 'keys',
  devices: 'devices',
  limits: 'limits',
  'open-data': 'open-data',
  'open-pipeline': 'open-pipeline',
  target: 'target',
  'save-as': 'save-as',
  conflict: null,
  'file-gone': null,
  close: null,
  'close-window': null,
  recover: null,
};

export const pictures: readonly string[] = [
  ...Object.values(screens).flat(),
  ...Object.values(tabs),
  ...Object.values(dialogs).filter((name) => name !== null),
];
