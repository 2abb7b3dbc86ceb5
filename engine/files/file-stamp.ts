/** One file: what it holds, and what tells that somebody wrote to it. */
import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { stat } from 'node:fs/promises';

/** What changes when somebody writes to a file. Begins with its size. */
export async function stampOf(path: string): Promise<string> {
  const facts = await stat(path, { bigint: true });
  return `${facts.size}|${facts.mtimeNs}|${facts.ino}`;
}

/** SHA-256, hexadecimal. */
export async function hashFile(path: string): Promise<string> {
  const hash = createHash('sha256');
  for await (const chunk of createReadStream(path, { highWaterMark: 1 << 20 })) hash.update(chunk);
  return hash.digest('hex');
}
