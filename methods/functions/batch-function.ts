/**
 * A batch function: what a step of a recipe computes that SQL cannot say. One folder here a function, whose `function.ts` exports `batchFunction`; it is found by
 * the name that stands in a model's file. It is pure, and what it says of a text depends on that text and the settings alone, never on the others beside it.
 */
import type * as z from 'zod';
import { fail } from '../../shared/errors.ts';
import type { SqlValue } from '../../shared/sql.ts';
import type { Column } from '../../shared/wires.ts';

export interface FunctionWatch {
  signal?: AbortSignal;
  progress?: (fraction: number) => void;
}
export interface FunctionDeclaration<S> {
  /** Its numerics: raised when a text gets another answer. A model that was made with another version is refused. */
  version: number;
  settings: z.ZodType<S>;
  /** What it gives for each text. */
  columns: (settings: S) => readonly Column[];
  /** One answer a text, in their order, each with a value for each of `columns`. */
  compute: (texts: readonly string[], settings: S, watch: FunctionWatch) => Promise<readonly (readonly SqlValue[])[]>;
}
/** Settings come from a pipeline or from a model's file: they are checked before they are used. */
export type BatchFunction = FunctionDeclaration<unknown>;

export function defineFunction<S>({ version, settings, columns, compute }: FunctionDeclaration<S>): BatchFunction {
  const read = (given: unknown): S => {
    const parsed = settings.safeParse(given);
    if (parsed.success) return parsed.data;
    throw fail('model.unreadable', {
      message: `The settings of a step cannot be read: ${parsed.error.issues[0]?.message ?? ''}.`,
      mend: 'Train the model again.',
    });
  };
  return {
    version,
    settings,
    columns: (given) => columns(read(given)),
    compute: async (texts, given, watch) => compute(texts, read(given), watch),
  };
}

/** For functions that answer one text after the other. */
export function answerEach<T>(
  texts: readonly string[],
  { signal, progress }: FunctionWatch,
  answer: (text: string) => T,
): T[] {
  return texts.map((text, i) => {
    if (i % 500 === 0) {
      signal?.throwIfAborted();
      progress?.(i / texts.length);
    }
    return answer(text);
  });
}
