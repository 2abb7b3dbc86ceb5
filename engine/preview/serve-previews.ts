/** The body of the preview process: answers the host over its own input and output, and goes when its input closes. */
import { toProblem, type Problem } from '../../shared/errors.ts';
import { reportAtWork } from '../compute/at-work.ts';
import { protocolVersion } from '../../shared/rpc/contract.ts';
import { serve } from '../../shared/rpc/server.ts';
import { toProblemOf } from '../files/store-problem.ts';
import { openEngine, type EngineParts } from './open-engine.ts';
import { processContract, previewRequest, type PreviewRequest } from './preview-contract.ts';
import { streamPipe } from './stream-pipe.ts';

/** A query that is being stopped may take so long. */
const closeWithinMs = 1000;

export async function servePreviews(
  argument: string | undefined,
  openParts: (request: PreviewRequest) => Promise<EngineParts>,
): Promise<never> {
  const request = previewRequest.parse(JSON.parse(argument ?? 'null'));
  // Ctrl+C goes to every process of a terminal: the host decides when we end.
  process.on('SIGINT', () => undefined);
  const pipe = streamPipe(process.stdin, process.stdout);
  const closed = new Promise<void>((resolve) => pipe.onClose(resolve));
  const engine = await openEngine(request, { ...(await openParts(request)), atWork: reportAtWork });
  serve({
    contract: processContract,
    handlers: engine.handlers,
    pipe,
    protocol: protocolVersion,
    toProblem: withStack(toProblemOf(request.workspace)),
  });
  await closed;
  const timer = setTimeout(() => process.exit(0), closeWithinMs);
  try {
    await engine[Symbol.asyncDispose]();
  } catch {
    // What is left behind is removed by the host.
  }
  clearTimeout(timer);
  process.exit(0);
}

/** Nobody reads what we print: the stack of a fault travels with it to the host's log. */
const withStack =
  (words: (thrown: unknown) => Problem) =>
  (thrown: unknown): Problem => {
    const problem = words(thrown);
    return toProblem(thrown).code === 'internal.unexpected' && thrown instanceof Error && thrown.stack !== undefined
      ? { ...problem, facts: { ...problem.facts, stack: thrown.stack } }
      : problem;
  };
