/**
 * A type of deployment: one folder here, whose `deployment.ts` exports `deployment`. It is found by its folder's name, which the node that deploys gives as
 * `settings.kind`. The process around it, its restarts, limits, port and log are the same for all.
 */
import { fail } from '../../../shared/errors.ts';
import type { OpenScorer } from '../../recipe/scorer/scorer.ts';
import type { ServedRequest, ServiceRequest } from '../service-process.ts';

export interface DeploymentTools {
  /** Opens the model in a result's folder. */
  openScorer: OpenScorer;
  /** The Node binary and the script of a language-model worker. */
  languageCommand: readonly string[];
  /** To be told of each answered request: it is kept in the service's log. */
  onRequest: (request: ServedRequest) => void;
}
export interface RunningServer {
  url: string;
  port: number;
  /** Takes no more requests and resolves when those under way are answered. */
  close: () => Promise<void>;
}
export interface Opened {
  /** Begins to answer. It may be asked again with another port: `serve.port-in-use` is thrown where one is taken. */
  listen: (port: number) => Promise<RunningServer>;
  /** Where it never came to listen. */
  close: () => Promise<void>;
}
export interface Deployment {
  /** The name of its folder. */
  readonly kind: string;
  readonly open: (request: ServiceRequest, tools: DeploymentTools) => Promise<Opened>;
}

/** @throws `service.unknown-kind` */
export async function loadDeployment(kind: string): Promise<Deployment> {
  // A name from a file becomes a part of a path: letters and dashes alone.
  if (!/^[a-z][a-z-]*$/.test(kind)) throw unknownKind(kind);
  const module: { deployment: Deployment } = await import(`./${kind}/deployment.ts`).catch((cause: unknown) => {
    throw unknownKind(kind, cause);
  });
  return module.deployment;
}

const unknownKind = (kind: string, cause?: unknown): Error =>
  fail(
    'service.unknown-kind',
    {
      message: `The service is of the kind ${JSON.stringify(kind)}, which this version does not know.`,
      mend: 'Open the workspace with the version that declared it, or declare the service again.',
    },
    { cause },
  );
