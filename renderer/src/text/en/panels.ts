export const problems = {
  none: 'No problems',
  noneHint: 'The pipeline can run as it stands.',
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
