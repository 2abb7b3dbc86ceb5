/** Texts and their references from JSON lines. */
import { fail } from '../../shared/errors.ts';
import type { TextPair } from './text-metric.ts';

/** @param name of the file, for words. Lines end at line feeds alone: U+2028 is a character of a text. Empty lines are passed over. */
export function readTextPairs(bytes: Uint8Array, name: string): TextPair[] {
  const pairs = decode(bytes, name)
    .split('\n')
    .flatMap((line, i) => (line.trim() === '' ? [] : [readPair(line, i + 1, name)]));
  if (pairs.length === 0)
    throw fail('metrics.no-rows', {
      message: `There are no rows in "${name}".`,
      mend: 'Give a file with one JSON object a line.',
    });
  return pairs;
}

function decode(bytes: Uint8Array, name: string): string {
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes);
  } catch (cause) {
    throw fail('metrics.encoding', { message: `"${name}" is not UTF-8.`, mend: 'Save it as UTF-8.' }, { cause });
  }
}

function readPair(line: string, number: number, name: string): TextPair {
  const row = parseRow(line, number, name);
  const { candidate, reference } = row;
  const references = Array.isArray(reference) ? reference.filter((one) => one !== null) : [reference];
  if (typeof candidate !== 'string') throw unfit(number, 'candidate', candidate, 'a text');
  if (references.length === 0 || !references.every((one) => typeof one === 'string'))
    throw unfit(number, 'reference', reference, 'a text or a list of texts');
  return { candidate, references };
}

function parseRow(line: string, number: number, name: string): { candidate?: unknown; reference?: unknown } {
  let row: unknown;
  try {
    row = JSON.parse(line);
  } catch (cause) {
    throw fail(
      'metrics.bad-row',
      {
        message: `Line ${number} of "${name}" is not JSON.`,
        mend: 'Write one JSON object a line.',
        facts: { line: number },
      },
      { cause },
    );
  }
  if (typeof row === 'object' && row !== null && !Array.isArray(row)) return row;
  throw fail('metrics.bad-row', {
    message: `Line ${number} of "${name}" is no JSON object.`,
    mend: 'Write {"candidate": …, "reference": …}.',
    facts: { line: number },
  });
}

const unfit = (line: number, column: string, value: unknown, wanted: string) =>
  fail('metrics.bad-row', {
    message: value === undefined ? `Line ${line} has no "${column}".` : `"${column}" in line ${line} is not ${wanted}.`,
    mend: `Give ${wanted}; an empty text where nothing was said.`,
    column,
    facts: { line },
  });
