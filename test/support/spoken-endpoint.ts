/** An address that speaks OpenAI's chat and says what a test wants it to say. */
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';

export interface SpokenEndpoint extends AsyncDisposable {
  /** Up to `/v1`. */
  url: string;
  /** The bodies of the questions, in their order. */
  asked: unknown[];
}

export async function openSpokenEndpoint(answer: string): Promise<SpokenEndpoint> {
  const asked: unknown[] = [];
  const server = createServer((request, response) => {
    const parts: Buffer[] = [];
    request.on('data', (part: Buffer) => void parts.push(part));
    request.on('end', () => {
      asked.push(JSON.parse(Buffer.concat(parts).toString('utf8')));
      response.writeHead(200, { 'Content-Type': 'text/event-stream' });
      const say = (data: unknown): void => void response.write(`data: ${JSON.stringify(data)}\n\n`);
      for (const word of answer.split(/(?<= )/)) say({ choices: [{ index: 0, delta: { content: word } }] });
      say({ choices: [{ index: 0, delta: {}, finish_reason: 'stop' }] });
      say({ choices: [], usage: { prompt_tokens: 20, completion_tokens: 5 } });
      response.end('data: [DONE]\n\n');
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
