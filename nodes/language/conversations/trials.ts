import type { KindTrials } from '../../../shared/kind/kind-trials.ts';

export const trials: KindTrials = (c) => [
  { user: c.text, assistant: c.text, context: c.text, system: 'Be kind.' },
  { from: 'turns', conversation: c.boolean, order: c.time, speaker: c.text, content: c.text },
];
