/** JSON whose whole numbers keep all their digits: an id of 19 digits is not rounded to a double. */

import type * as z from 'zod';

type Parsed = string | number | bigint | boolean | null | Parsed[] | { [key: string]: Parsed };
export type ExactJson = Parsed;
type Plain = z.output<ReturnType<typeof z.json>>;

/** Whole numbers beyond 2^53 come as bigint. Throws as JSON.parse does. */
export function parseExactJson(text: string): ExactJson {
  // The reviver makes parsing several times slower, and hardly any text needs it.
  if (!/\d{16}/.test(text)) return JSON.parse(text);
  return JSON.parse(text, (_key: string, value: unknown, context?: { source?: string }) =>
    typeof value === 'number' &&
    !Number.isSafeInteger(value) &&
    context?.source !== undefined &&
    /^-?\d+$/.test(context.source)
      ? BigInt(context.source)
      : value,
  );
}

/** What no double can hold is written as text. */
export const toPlainJson = (value: unknown): string => written(value).text;

/** For the history: the value and how long it is as text. What can be written as it is is not read again. */
export function toPlain(value: unknown): { value: Plain; size: number } {
  const { text, isPlain } = written(value);
  return { value: isPlain ? (value as Plain) : JSON.parse(text), size: text.length };
}

function written(value: unknown): { text: string; isPlain: boolean } {
  try {
    // Without a function for each value it takes a fifth of the time, and hardly any value needs one.
    return { text: JSON.stringify(value) ?? 'null', isPlain: true };
  } catch {
    const text = JSON.stringify(value, (_key, item: unknown) => (typeof item === 'bigint' ? item.toString() : item));
    return { text: text ?? 'null', isPlain: false };
  }
}

export const isRecord = (value: ExactJson | undefined): value is { [key: string]: ExactJson } =>
  typeof value === 'object' && value !== null && !Array.isArray(value);
