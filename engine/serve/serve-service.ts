/** The body of a service process: opens the model that one line of input names, serves it, and goes when its input closes. */
import { createInterface } from 'node:readline';
import { toProblem } from '../../shared/errors.ts';
import { loadDeployment, type DeploymentTools, type RunningServer } from './deployments/deployment.ts';
import { isLanguageFolder } from './language/serve-languages.ts';
import type { OpenScorer } from '../recipe/scorer/scorer.ts';
import { serviceRequest, type ServedRequest, type ServiceLine, type ServiceRequest } from './service-process.ts';

const say = (line: ServiceLine): void => {
  flush();
  process.stdout.write(`${JSON.stringify(line)}\n`);
};

/** Requests that were answered are told together: a write for each takes as long as its answer. */
const reportAfterMs = 20;
let unreported: string[] = [];
let reporting: NodeJS.Timeout | undefined;
function notify(request: ServedRequest): void {
  const line: ServiceLine = { type: 'request', request };
  unreported.push(`${JSON.stringify(line)}\n`);
  reporting ??= setTimeout(flush, reportAfterMs);
}
function flush(): void {
  clearTimeout(reporting);
  reporting = undefined;
  if (unreported.length === 0) return;
  process.stdout.write(unreported.join(''));
  unreported = [];
}

/** @param languageCommand the Node binary and the script of a language-model worker */
export async function serveService(openScorer: OpenScorer, languageCommand: readonly string[] = []): Promise<void> {
  const lines = createInterface({ input: process.stdin });
  const closed = new Promise<void>((resolve) => lines.once('close', resolve));
  const first = await new Promise<string | undefined>((resolve) => {
    lines.once('line', resolve);
    void closed.then(() => resolve(undefined));
  });
  if (first === undefined) return;
  try {
    const server = await start(serviceRequest.parse(JSON.parse(first)), {
      openScorer,
      languageCommand,
      onRequest: notify,
    });
    say({ type: 'ready', port: server.port, url: server.url });
    // The host closes our input, or is gone.
    await closed;
    await server.close();
    flush();
  } catch (error) {
    say({ type: 'failed', problem: toProblem(error) });
    process.exitCode = 1;
    lines.close();
    process.stdin.destroy();
  }
}

async function start(request: ServiceRequest, tools: DeploymentTools): Promise<RunningServer> {
  const { open } = await loadDeployment(await kindOf(request));
  const opened = await open(request, tools);
  try {
    return await onSomePort(request, opened.listen);
  } catch (error) {
    await opened.close();
    throw error;
  }
}

/** Services of models say nothing of it, and those of language models did not always. */
async function kindOf({ settings, folder }: ServiceRequest): Promise<string> {
  const { kind } = settings;
  return typeof kind === 'string' ? kind : (await isLanguageFolder(folder)) ? 'language' : 'model';
}

/** A port that is only a wish gives way to any other. */
async function onSomePort(
  { port, anyPort }: ServiceRequest,
  onPort: (port: number) => Promise<RunningServer>,
): Promise<RunningServer> {
  try {
    return await onPort(port);
  } catch (error) {
    if (!anyPort || port === 0 || toProblem(error).code !== 'serve.port-in-use') throw error;
    return onPort(0);
  }
}
