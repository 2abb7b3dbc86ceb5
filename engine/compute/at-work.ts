/**
 * What a process that computes is working at, told to whoever started it, as lines of its error output, before it begins: a crash in native code leaves no other
 * words. Where it is lost, the last node that was begun and not ended is the one that is named.
 */
import type { Readable } from 'node:stream';

export type AtWork = <T>(node: string, work: () => Promise<T>) => Promise<T>;

const mark = '\u0001';

/** For a process whose error output is read by `readWords`. */
export const reportAtWork: AtWork = async (node, work) => {
  const name = JSON.stringify(node);
  process.stderr.write(`${mark}+${name}\n`);
  try {
    return await work();
  } finally {
    process.stderr.write(`${mark}-${name}\n`);
  }
};
/** For one that nobody reads. */
export const workUnreported: AtWork = (_node, work) => work();

export interface Words {
  /** What it said last, without what it was working at. */
  last: () => string;
  add: (text: string) => void;
  node: () => string | undefined;
}

const mostLetters = 4000;

export function readWords(stream: Readable): Words {
  const open = new Map<string, number>();
  let [last, line] = ['', ''];
  const add = (text: string): void => void (last = `${last}${text}`.slice(-mostLetters));
  const take = (reported: string): void => {
    const name = reported.slice(2);
    const count = (open.get(name) ?? 0) + (reported[1] === '+' ? 1 : -1);
    open.delete(name);
    if (count > 0) open.set(name, count);
  };
  stream.setEncoding('utf8').on('data', (text: string) => {
    const lines = `${line}${text}`.split('\n');
    line = lines.pop() ?? '';
    for (const each of lines)
      if (each.startsWith(mark)) take(each);
      else add(`${each}\n`);
    // A line that does not end is told as far as it came.
    if (line !== '' && !line.startsWith(mark)) {
      add(line);
      line = '';
    }
  });
  return {
    last: () => last,
    add,
    node: () => {
      const name = [...open.keys()].at(-1);
      return name === undefined ? undefined : String(JSON.parse(name));
    },
  };
}
