/** An address that speaks OpenAI's chat and says what a test wants it to say, or behaves as badly as a test wants it to. */
import { createServer, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

export interface SpokenEndpoint extends AsyncDisposable {
  /** Up to `/v1`. */
  url: string;
  /** The bodies of the questions, in their order. */
  asked: unknown[];
}
/** A text is streamed word by word; a refusal is sent as it is; a function has the connection for itself. */
export type Spoken =
  | string
  | { status: number; body: unknown; headers?: Record<string, string> }
  | ((response: ServerResponse) => void);

export async function openSpokenEndpoint(answer: string | ((body: unknown) => Spoken)): Promise<SpokenEndpoint> {
  const asked: unknown[] = [];
  const server = createServer((request, response) => {
    const parts: Buffer[] = [];
    request.on('data', (part: Buffer) => void parts.push(part));
    request.on('end', () => {
      const body: unknown = JSON.parse(Buffer.concat(parts).toString('utf8'));
      asked.push(body);
      speak(response, typeof answer === 'string' ? answer : answer(body));
    });
  });
  await new Promise<void>((done) => server.listen(0, '127.0.0.1', done));
  const { port } = server.address() as AddressInfo;
  return {
    url: `http://127.0.0.1:${port}/v1`,
    asked,
    [Symbol.asyncDispose]: () =>
      new Promise<void>((done) => {
        server.closeAllConnections();
        server.close(() => done());
      }),
  };
}

function speak(response: ServerResponse, spoken: Spoken): void {
  if (typeof spoken === 'function') return spoken(response);
  if (typeof spoken !== 'string') {
    response.writeHead(spoken.status, { 'Content-Type': 'application/json', ...spoken.headers });
    return void response.end(JSON.stringify(spoken.body));
  }
  const say = beginEvents(response);
  for (const word of spoken.split(/(?<= )/)) say({ choices: [{ index: 0, delta: { content: word } }] });
  say({ choices: [{ index: 0, delta: {}, finish_reason: 'stop' }] });
  say({ choices: [], usage: { prompt_tokens: 20, completion_tokens: 5 } });
  response.end('data: [DONE]\n\n');
}

export function beginEvents(response: ServerResponse): (data: unknown) => void {
  response.writeHead(200, { 'Content-Type': 'text/event-stream' });
  return (data) => void response.write(`data: ${JSON.stringify(data)}\n\n`);
}
