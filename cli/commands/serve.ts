/** `flowyard serve MODEL`: a model that answers over HTTP on this machine until Ctrl-C. */
import { resolve } from 'node:path';
import { startModelServer } from '../../engine/serve/model-server.ts';
import type { ServedRequest } from '../../engine/serve/service-process.ts';
import { newSecret } from '../../engine/serve/sessions.ts';
import { findModel } from '../find-model.ts';
import { printJson } from '../print-table.ts';
import { openServedScorer } from '../served-scorer.ts';
import { memoryOption } from '../input/read-limits.ts';
import { say } from '../say.ts';
import { commonOptions, readCount, UsageError, type Command } from './command.ts';

export const serve: Command = {
  name: 'serve',
  usage: 'serve MODEL',
  about: 'Answers predictions over HTTP on this machine until Ctrl-C. MODEL as in predict.',
  options: {
    port: { type: 'string', value: 'N', about: 'Port on this machine. Default: any free one.' },
    'no-token': { type: 'boolean', about: 'Answers every program of this machine, without a token.' },
    ...memoryOption,
    ...commonOptions,
  },
  run: async (input) => {
    const [name] = input.positionals;
    if (name === undefined) throw new UsageError('Which model?');
    const port = readCount(input, 'port', 0, 65_535) ?? 0;
    const json = input.flag('json');
    const found = await findModel(resolve(input.text('workspace') ?? '.'), name);
    await using opened = new AsyncDisposableStack();
    const scorer = await openServedScorer(found.artifact.folder);
    opened.defer(() => scorer.close());
    const token = input.flag('no-token') ? null : newSecret();
    const stopped = new Promise<void>((done) => {
      for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => done());
    });
    const { model, version } = { model: found.name, version: found.version };
    const onRequest = json
      ? (request: ServedRequest): void =>
          printJson({
            type: 'request',
            time_ms: request.time_ms,
            rows: request.rows,
            latency_ms: request.latency_ms,
            status: request.status,
            error: request.error,
          })
      : undefined;
    const server = await startModelServer({
      scorer,
      model,
      version,
      key: found.key,
      port,
      token,
      ...(onRequest === undefined ? {} : { onRequest }),
    });
    opened.defer(() => server.close());
    const predict = `${server.url}/predict`;
    if (json) printJson({ type: 'serving', url: server.url, predict, token, model, version, key: found.key });
    else
      say(
        `${model}${version === 0 ? '' : `@${version}`} answers at ${predict}${token === null ? '' : ` with the header "Authorization: Bearer ${token}"`}`,
      );
    await stopped;
    return 0;
  },
};
