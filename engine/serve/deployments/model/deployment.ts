import { startModelServer } from '../../model-server.ts';
import type { Deployment } from '../deployment.ts';

export const deployment: Deployment = {
  kind: 'model',
  open: async ({ folder, model, version, key, token, settings }, { openScorer, onRequest }) => {
    const scorer = await openScorer(folder);
    const keepBytes = settings['keepInputs'] === false ? { keepBytes: 0 } : {};
    return {
      listen: (port) => startModelServer({ scorer, model, version, key, port, token, ...keepBytes, onRequest }),
      close: () => scorer.close(),
    };
  },
};
