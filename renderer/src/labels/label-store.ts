/**
 * The labels of one file while a person gives them: each is kept by the window at once and written behind it. What could not be written is kept on this
 * computer, and written when the file is opened again.
 */
import { toProblem, type Problem } from '../../../shared/errors.ts';
import type { LabelChange } from '../../../shared/rpc/contract/labels.ts';

export interface LabelStoreParts {
  read: () => Promise<Record<string, string>>;
  write: (changes: LabelChange[]) => Promise<unknown>;
  /** Keeps what waits beyond a crash of the window. */
  kept: { read: () => string | null; write: (text: string | null) => void };
  /** Called after each write that went through. */
  onWritten: () => void;
  retryMs?: number;
}
export interface LabelStore {
  /** Raised on each change; a snapshot for `useSyncExternalStore`. */
  readonly revision: number;
  readonly isOpen: boolean;
  /** Labels that are not on the disk yet. */
  readonly waiting: number;
  readonly problem: Problem | null;
  readonly size: number;
  labelOf: (key: string) => string | undefined;
  /** How many rows have each label, most first. */
  counts: () => ReadonlyMap<string, number>;
  set: (key: string, label: string | null) => void;
  /** Takes the last step back and gives its row. */
  undo: () => string | undefined;
  canUndo: () => boolean;
  subscribe: (listener: () => void) => () => void;
  close: () => void;
}

export function openLabelStore({ read, write, kept, onWritten, retryMs = 2000 }: LabelStoreParts): LabelStore {
  const labels = new Map<string, string>();
  const waiting = new Map<string, string | null>(readKept(kept.read()));
  const steps: { key: string; before: string | null }[] = [];
  const listeners = new Set<() => void>();
  let revision = 0;
  let isOpen = false;
  let writing = false;
  let closed = false;
  let problem: Problem | null = null;
  let timer: ReturnType<typeof setTimeout> | undefined;
  const changed = (): void => {
    revision++;
    for (const listener of listeners) listener();
  };
  const apply = (key: string, label: string | null): void =>
    void (label === null ? labels.delete(key) : labels.set(key, label));
  const keep = (): void => kept.write(waiting.size === 0 ? null : JSON.stringify([...waiting]));

  async function open(): Promise<void> {
    try {
      for (const [key, label] of Object.entries(await read())) labels.set(key, label);
      for (const [key, label] of waiting) apply(key, label);
      isOpen = true;
      problem = null;
      void flush();
    } catch (thrown) {
      problem = toProblem(thrown);
      later(open);
    }
    changed();
  }
  function later(work: () => Promise<void>): void {
    if (!closed) timer = setTimeout(() => void work(), retryMs);
  }
  async function flush(): Promise<void> {
    if (writing || waiting.size === 0) return;
    writing = true;
    const batch = [...waiting];
    try {
      await write(batch.map(([key, label]) => ({ key, label })));
      // What was labelled again meanwhile waits for the next turn.
      for (const [key, label] of batch) if (waiting.get(key) === label) waiting.delete(key);
      problem = null;
      keep();
      onWritten();
    } catch (thrown) {
      problem = toProblem(thrown);
    }
    writing = false;
    changed();
    if (problem !== null) later(flush);
    else void flush();
  }
  function put(key: string, label: string | null): void {
    apply(key, label);
    waiting.set(key, label);
    keep();
    changed();
    if (problem === null) void flush();
  }
  void open();
  return {
    get revision() {
      return revision;
    },
    get isOpen() {
      return isOpen;
    },
    get waiting() {
      return waiting.size;
    },
    get problem() {
      return problem;
    },
    get size() {
      return labels.size;
    },
    labelOf: (key) => labels.get(key),
    counts: () => {
      const counts = new Map<string, number>();
      for (const label of labels.values()) counts.set(label, (counts.get(label) ?? 0) + 1);
      return new Map([...counts].sort(([, a], [, b]) => b - a));
    },
    set: (key, label) => {
      const before = labels.get(key) ?? null;
      if (!isOpen || before === label) return;
      steps.push({ key, before });
      put(key, label);
    },
    undo: () => {
      const step = steps.pop();
      if (step === undefined) return undefined;
      put(step.key, step.before);
      return step.key;
    },
    canUndo: () => steps.length > 0,
    subscribe: (listener) => {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    close: () => {
      closed = true;
      clearTimeout(timer);
      listeners.clear();
    },
  };
}

function readKept(text: string | null): [string, string | null][] {
  if (text === null) return [];
  try {
    const parsed: unknown = JSON.parse(text);
    return Array.isArray(parsed)
      ? parsed.flatMap((pair: unknown): [string, string | null][] => {
          if (!Array.isArray(pair) || typeof pair[0] !== 'string') return [];
          const label: unknown = pair[1];
          return typeof label === 'string' || label === null ? [[pair[0], label]] : [];
        })
      : [];
  } catch {
    return [];
  }
}
