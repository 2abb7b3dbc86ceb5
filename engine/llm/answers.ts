/**
 * Answers of language models, remembered: `.flowyard/answers/<two letters>.jsonl`, a line each, written when it came, so that a killed run loses none. A hash of all
 * that decided an answer names it. Lines that a crash cut short are passed over.
 */
import { appendFile, mkdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { AnswerCache } from '../../shared/language/language-model.ts';

export function openAnswers(flowyardFolder: string): AnswerCache {
  const folder = join(flowyardFolder, 'answers');
  const books = new Map<string, Promise<Map<string, unknown>>>();
  const fileOf = (hash: string): string => join(folder, `${hash.slice(0, 2)}.jsonl`);
  const book = (hash: string): Promise<Map<string, unknown>> => {
    const name = hash.slice(0, 2);
    const made = books.get(name) ?? readBook(fileOf(hash));
    books.set(name, made);
    return made;
  };
  return {
    get: async (hash) => (await book(hash)).get(hash),
    put: async (hash, answer) => {
      (await book(hash)).set(hash, answer);
      await mkdir(folder, { recursive: true });
      // The line begins with its end of the last: whatever a crash left there is closed.
      await appendFile(fileOf(hash), `\n${JSON.stringify([hash, answer])}`);
    },
  };
}

async function readBook(file: string): Promise<Map<string, unknown>> {
  const found = new Map<string, unknown>();
  for (const line of (await readFile(file, 'utf8').catch(() => '')).split('\n')) {
    if (line === '') continue;
    try {
      const [hash, answer]: [string, unknown] = JSON.parse(line);
      found.set(hash, answer);
    } catch {
      // Cut short by a crash: that answer is asked again.
      continue;
    }
  }
  return found;
}
