export const problems = {
  none: 'No problems',
  noneHint: 'The pipeline can run as it stands.',
  empty: 'Nothing to check yet',
  emptyHint:
    'Begin with a file of yours, or with a node that reads one. What is wrong or missing stands here as you build.',
  openCsv: 'Open a CSV',
  addNode: 'Add a node',
} as const;

export const log = {
  none: 'No run yet',
  noneHint: 'What the nodes say while they run stands here.',
  started: 'started',
  startedBecause: 'started: {{reason}}',
  finished: 'finished in {{time}}',
  cached: 'from the cache: {{reason}}',
  skipped: 'skipped: {{reason}}',
} as const;
