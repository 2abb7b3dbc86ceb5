/** The body of a service process: opens the model that one line of input names, serves it, and goes when its input closes. */
import { createInterface } from 'node:readline';
import { toProblem } from '../../shared/errors.ts';
import { startModelServer, type ModelServer } from './model-server.ts';
import type { OpenScorer } from './scorer.ts';
import { serviceRequest, type ServiceLine, type ServiceRequest } from './service-process.ts';

const say = (line: ServiceLine): void => void process.stdout.write(`${JSON.stringify(line)}\n`);

export async function serveService(openScorer: OpenScorer): Promise<void> {
  const lines = createInterface({ input: process.stdin });
  const closed = new Promise<void>((resolve) => lines.once('close', resolve));
  const first = await new Promise<string | undefined>((resolve) => {
    lines.once('line', resolve);
    void closed.then(() => resolve(undefined));
  });
  if (first === undefined) return;
  try {
    const server = await start(serviceRequest.parse(JSON.parse(first)), openScorer);
    say({ type: 'ready', port: server.port, url: server.url });
    // The host closes our input, or is gone.
    await closed;
    await server.close();
  } catch (error) {
    say({ type: 'failed', problem: toProblem(error) });
    process.exitCode = 1;
    lines.close();
    process.stdin.destroy();
  }
}

async function start(
  { folder, model, version, key, port, anyPort, token, settings }: ServiceRequest,
  openScorer: OpenScorer,
): Promise<ModelServer> {
  const scorer = await openScorer(folder);
  const keepBytes = settings['keepInputs'] === false ? 0 : undefined;
  const onPort = (at: number): Promise<ModelServer> =>
    startModelServer({
      scorer,
      model,
      version,
      key,
      port: at,
      token,
      ...(keepBytes === undefined ? {} : { keepBytes }),
      onRequest: (request) => say({ type: 'request', request }),
    });
  try {
    return await onPort(port);
  } catch (error) {
    if (!anyPort || port === 0 || toProblem(error).code !== 'serve.port-in-use') {
      await scorer.close();
      throw error;
    }
    return onPort(0);
  }
}
