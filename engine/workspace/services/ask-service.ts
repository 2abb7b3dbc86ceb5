/** Rows for a running service of this machine, as the window's form sends them. */
import { fail, FlowyardError } from '../../../shared/errors.ts';
import { ask } from '../../http/ask.ts';
import { readText } from '../../http/read-body.ts';
import type { Json } from '../../store/json-columns.ts';

/** Rows that were typed or dropped: a model answers them in seconds. */
const longestSeconds = 300;
const largestAnswer = 64 << 20;

export async function askService(
  name: string,
  url: string,
  { token, rows, signal }: { token: string | null; rows: unknown; signal: AbortSignal },
): Promise<{ status: number; body: Json; latency_ms: number }> {
  const started = performance.now();
  try {
    const response = await ask(`${url}/predict`, {
      method: 'POST',
      headers: {
        'content-type': 'application/json',
        ...(token === null ? {} : { authorization: `Bearer ${token}` }),
      },
      body: JSON.stringify({ rows }),
      signal,
      seconds: longestSeconds,
      tooSlow: () =>
        fail('service.no-answer', {
          message: `The service "${name}" did not answer within ${longestSeconds} seconds.`,
          mend: 'Send fewer rows at once.',
        }),
    });
    const tooLarge = () =>
      fail('service.too-large', {
        message: `The service "${name}" sends more than ${largestAnswer >> 20} MiB.`,
        mend: 'Send fewer rows at once.',
      });
    const body: Json = JSON.parse(await readText(response.body, { mostBytes: largestAnswer, tooLarge }));
    return { status: response.status, body, latency_ms: performance.now() - started };
  } catch (cause) {
    signal.throwIfAborted();
    if (cause instanceof FlowyardError) throw cause;
    throw fail(
      'service.no-answer',
      {
        message: `The service "${name}" ended before it answered.`,
        mend: 'It is started again by itself: try again in a moment.',
      },
      { cause },
    );
  }
}
