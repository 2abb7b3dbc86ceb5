/**
 * A batch function: what a step of a recipe computes that SQL cannot say. One folder here a function, whose `function.ts` exports `batchFunction`; it is found by
 * the name that stands in a model's file. It is pure, and what it says of a text depends on that text and the settings alone, never on the others beside it.
 */
import type * as z from 'zod';
import { fail } from '../../shared/errors.ts';
import type { Texts } from '../../shared/media/text-service.ts';
import type { SourceFolder } from '../../shared/source/source-folder.ts';
import type { SqlValue } from '../../shared/sql.ts';
import type { Column } from '../../shared/wires.ts';

export interface FunctionWatch {
  signal?: AbortSignal;
  progress?: (fraction: number) => void;
}
/** What a function may use beside the texts. */
export interface FunctionServices {
  texts: Pick<Texts, 'openEncoder'>;
  /** The files that the step came with: of a run its folder as it was planned, of a model those beside it. */
  files: SourceFolder;
  threads: number;
}
export interface OpenedFunction {
  /** One answer a text, in their order, each with a value for each of `columns`. */
  compute: (texts: readonly string[], watch: FunctionWatch) => Promise<readonly (readonly SqlValue[])[]>;
  close: () => Promise<void>;
}
interface Declared<S> {
  /** Its numerics: raised when a text gets another answer. A model that was made with another version is refused. */
  version: number;
  settings: z.ZodType<S>;
  /** What it gives for each text. */
  columns: (settings: S) => readonly Column[];
}
/** One that needs nothing but its settings. */
interface PlainFunction<S> extends Declared<S> {
  compute: (texts: readonly string[], settings: S, watch: FunctionWatch) => ReturnType<OpenedFunction['compute']>;
}
/** One that opens something first, which stays open while a model does. */
interface ServedFunction<S> extends Declared<S> {
  open: (settings: S, services: FunctionServices) => OpenedFunction;
}
/** Settings come from a pipeline or from a model's file: they are checked before they are used. */
export interface BatchFunction {
  version: number;
  columns: (settings: unknown) => readonly Column[];
  open: (settings: unknown, services: FunctionServices) => OpenedFunction;
}

export function defineFunction<S>(declared: PlainFunction<S> | ServedFunction<S>): BatchFunction {
  const { version, settings, columns } = declared;
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
    columns: (given) => columns(read(given)),
    open: (given, services) => {
      const checked = read(given);
      if ('open' in declared) return declared.open(checked, services);
      return { compute: (texts, watch) => declared.compute(texts, checked, watch), close: async () => {} };
    },
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
