import { serveLanguages } from '../../language/serve-languages.ts';
import type { Deployment } from '../deployment.ts';

export const deployment: Deployment = {
  kind: 'language',
  open: async (request, { languageCommand, onRequest }) => ({
    listen: (port) => serveLanguages({ ...request, port }, { command: languageCommand, onRequest }),
    close: async () => undefined,
  }),
};
