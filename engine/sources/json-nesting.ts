/**
 * How deep a file of JSON is nested where DuckDB finds its columns by walking values: it calls itself for each level, and crashes with whoever asked it. Such a
 * file is refused at its node before it is handed over.
 */
import { createReadStream } from 'node:fs';
import { createGunzip, createZstdDecompress } from 'node:zlib';
import { fail } from '../../shared/errors.ts';
import { deepestJson } from '../../shared/json/json-depth.ts';
import type { JsonSample } from '../../shared/source/source-file.ts';

const [quote, backslash, newline] = [34, 92, 10];
/** DuckDB refuses a larger object by itself. */
const largestObjectBytes = 32 * 2 ** 20;

/** The line (from 1) where the sample is nested deeper than is read; undefined: nowhere. */
export async function findDeepLine(path: string, { rows, layout }: JsonSample): Promise<number | undefined> {
  const file = createReadStream(path, { highWaterMark: 2 ** 18 });
  const unpack = /\.gz$/i.test(path) ? createGunzip() : /\.zst$/i.test(path) ? createZstdDecompress() : undefined;
  if (unpack !== undefined) file.on('error', (error) => unpack.destroy(error));
  const look = makeLook(layout, rows);
  try {
    for await (const chunk of unpack === undefined ? file : file.pipe(unpack)) {
      const answer = look(chunk);
      if (answer !== undefined) return answer.deep;
    }
  } catch {
    // A file that cannot be read or unpacked: who reads it next says why.
  } finally {
    file.destroy();
    unpack?.destroy();
  }
  return undefined;
}

/** Takes a file piece by piece; an answer when there is nothing more to look for. */
function makeLook(
  layout: JsonSample['layout'],
  rows: number | null,
): (chunk: Buffer) => { deep: number | undefined } | undefined {
  // DuckDB takes its sample by whole blocks of rows.
  const most = rows === null ? Number.POSITIVE_INFINITY : 2 * rows + 10_000;
  let [depth, line, seen, sinceRow] = [0, 1, 0, 0];
  let [inText, escaped, isFirst] = [false, false, true];
  /** Each line stands for itself. Undefined: the first line will tell. */
  let byLine: boolean | undefined = layout === 'auto' ? undefined : layout === 'lines';
  let rowDepth = layout === 'array' ? 1 : 0;
  return (chunk) => {
    for (const sign of chunk) {
      if (escaped) escaped = false;
      else if (sign === newline) {
        line++;
        // No text goes over the end of a line.
        inText = false;
        if (!isFirst) byLine ??= depth === 0;
        if (byLine === true) depth = 0;
      } else if (inText) {
        if (sign === backslash) escaped = true;
        else if (sign === quote) inText = false;
      } else if (sign === quote) inText = true;
      else if (sign === 91 || sign === 123) {
        if (isFirst && sign === 91 && layout === 'auto') [byLine, rowDepth] = [false, 1];
        isFirst = false;
        if (++depth > deepestJson) return { deep: line };
      } else if ((sign === 93 || sign === 125) && --depth <= rowDepth) {
        if (++seen > most) return { deep: undefined };
        sinceRow = 0;
      }
    }
    sinceRow += chunk.length;
    return sinceRow > largestObjectBytes ? { deep: undefined } : undefined;
  };
}

const remembered = 100;
/** By place, stamp and sample: a pipeline that is edited is planned again and again. */
const looked = new Map<string, Promise<number | undefined>>();

export async function refuseDeepJson(
  path: string,
  stamp: string,
  sample: JsonSample,
  place: { node: string; param: string },
): Promise<void> {
  const name = JSON.stringify([path, stamp, sample]);
  const found = looked.get(name) ?? findDeepLine(path, sample);
  looked.set(name, found);
  for (const [old] of [...looked].slice(0, -remembered)) looked.delete(old);
  const line = await found;
  if (line === undefined) return;
  throw fail('json.too-deep', {
    message: `Line ${line} of the file holds lists or objects more than ${deepestJson} deep in each other.`,
    mend: 'Leave that line out, or write what is needed of it as values of its own.',
    ...place,
    facts: { line },
  });
}
