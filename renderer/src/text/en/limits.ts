export const limits = {
  title: 'Limits of a run',
  about:
    'What a run on this machine may take, for this workspace. Above a limit it ends and says at which node; what was finished is kept.',
  memory: 'Memory',
  memoryHelp:
    'Default: {{default}} GB, half of this machine’s {{machine}} GB. Previews may take half of what a run may.',
  memoryWrong: 'Between {{least}} and {{most}} GB on this machine.',
  default: '{{figure}}, the default',
  time: 'Time',
  timeHelp: 'Default: no limit. Waiting for other runs does not count.',
  disk: 'Temporary disk',
  diskHelp: 'What does not fit into memory is put aside in files. Default: what the disk has.',
  wrong: 'More than 0, or empty for no limit.',
  none: 'no limit',
  minutes: 'minutes',
  gigabytes: 'GB',
  defaults: 'Use the defaults',
  tip: 'Limits of a run: {{limits}}',
  tipMemory: '{{memory}} GB of memory',
  tipMemoryDefault: '{{memory}} GB of memory, the default',
  tipTime: 'at most {{time}}',
  tipDisk: '{{disk}} GB of temporary disk',
} as const;
