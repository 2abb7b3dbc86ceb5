import type { Command } from './command.ts';

/** In the order of the help. Each is loaded when it is called: `run` need not wait for what `serve` needs. */
const loaders: Readonly<Record<string, () => Promise<Command>>> = {
  run: async () => (await import('./run.ts')).run,
  check: async () => (await import('./check.ts')).check,
  nodes: async () => (await import('./nodes.ts')).nodes,
  examples: async () => (await import('./examples.ts')).examples,
  runs: async () => (await import('./runs.ts')).runs,
  remotes: async () => (await import('./remotes.ts')).remotes,
  models: async () => (await import('./models.ts')).models,
  predict: async () => (await import('./predict.ts')).predict,
  metrics: async () => (await import('./metrics.ts')).metrics,
  serve: async () => (await import('./serve.ts')).serve,
  devices: async () => (await import('./devices.ts')).devices,
  secrets: async () => (await import('./secrets.ts')).secrets,
  app: async () => (await import('./app.ts')).app,
};
/** Names before, which scripts go on using. */
const aliases: Readonly<Record<string, string>> = { targets: 'remotes' };
/** They compute themselves, while others ask a host. */
export const computingCommands: ReadonlySet<string> = new Set(['check', 'models', 'predict', 'serve']);
export const commandNames: readonly string[] = Object.keys(loaders);

export const loadCommand = async (name: string): Promise<Command | undefined> => {
  const known = Object.hasOwn(aliases, name) ? (aliases[name] ?? name) : name;
  return Object.hasOwn(loaders, known) ? loaders[known]?.() : undefined;
};

export const loadAllCommands = async (): Promise<Command[]> =>
  Promise.all(Object.values(loaders).map((load) => load()));
