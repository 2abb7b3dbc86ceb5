/**
 * The body of a process that renders chat templates. They come with downloaded models: one may loop for ever or fill the memory, and V8 then aborts the whole process,
 * whatever limits a thread of it was given. So they have a process, and in it a thread, beside which this one watches memory, time and whether anybody still asks.
 */
import { writeSync } from 'node:fs';
import { createInterface } from 'node:readline';
import { Worker } from 'node:worker_threads';
import { mostRenderMegabytes, type RenderReply, type RenderRequest } from './template-protocol.ts';

const watchMs = 20;

export async function serveTemplates(): Promise<void> {
  const thread = new Worker(new URL('./render-thread.ts', import.meta.url));
  const say = (reply: RenderReply): void => void process.stdout.write(`${JSON.stringify(reply)}\n`);
  let watch: NodeJS.Timeout | undefined;
  const endBy = (limit: 'memory' | 'time'): never => {
    // Written before the end, not after it: a stream would still hold it.
    writeSync(1, `${JSON.stringify({ say: limit })}\n`);
    process.exit(1);
  };
  thread.on('message', (reply: RenderReply) => {
    clearInterval(watch);
    say(reply);
  });
  thread.on('error', () => endBy('memory'));
  const lines = createInterface({ input: process.stdin });
  lines.on('line', (line) => {
    const request: RenderRequest = JSON.parse(line);
    clearInterval(watch);
    const before = process.cpuUsage();
    watch = setInterval(() => {
      if (process.memoryUsage.rss() > mostRenderMegabytes * 1e6) endBy('memory');
      const { user, system } = process.cpuUsage(before);
      if (user + system > request.mostMs * 1000) endBy('time');
    }, watchMs);
    thread.postMessage(request);
  });
  thread.once('online', () => say({ say: 'ready' }));
  await new Promise<void>((resolve) => lines.once('close', resolve));
  process.exit(0);
}
