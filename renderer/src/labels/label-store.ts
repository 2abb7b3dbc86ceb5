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

interface Kept {
  parts: LabelStoreParts;
  labels: Map<string, string>;
  /** Labels that are not on the disk yet. */
  waiting: Map<string, string | null>;
  listeners: Set<() => void>;
  revision: number;
  isOpen: boolean;
  writing: boolean;
  closed: boolean;
  problem: Problem | null;
  timer: ReturnType<typeof setTimeout> | undefined;
}

function changed(kept: Kept): void {
  kept.revision++;
  for (const listener of kept.listeners) listener();
}

const apply = ({ labels }: Kept, key: string, label: string | null): void =>
  void (label === null ? labels.delete(key) : labels.set(key, label));

const keep = ({ parts, waiting }: Kept): void =>
  parts.kept.write(waiting.size === 0 ? null : JSON.stringify([...waiting]));

function later(kept: Kept, work: (kept: Kept) => Promise<void>): void {
  if (!kept.closed) kept.timer = setTimeout(() => void work(kept), kept.parts.retryMs ?? 2000);
}

async function open(kept: Kept): Promise<void> {
  try {
    for (const [key, label] of Object.entries(await kept.parts.read())) kept.labels.set(key, label);
    for (const [key, label] of kept.waiting) apply(kept, key, label);
    kept.isOpen = true;
    kept.problem = null;
    void flush(kept);
  } catch (thrown) {
    kept.problem = toProblem(thrown);
    later(kept, open);
  }
  changed(kept);
}

async function flush(kept: Kept): Promise<void> {
  const { parts, waiting } = kept;
  if (kept.writing || waiting.size === 0) return;
  kept.writing = true;
  const batch = [...waiting];
  try {
    await parts.write(batch.map(([key, label]) => ({ key, label })));
    // What was labelled again meanwhile waits for the next turn.
    for (const [key, label] of batch) if (waiting.get(key) === label) waiting.delete(key);
    kept.problem = null;
    keep(kept);
    parts.onWritten();
  } catch (thrown) {
    kept.problem = toProblem(thrown);
  }
  kept.writing = false;
  changed(kept);
  if (kept.problem !== null) later(kept, flush);
  else void flush(kept);
}

function put(kept: Kept, key: string, label: string | null): void {
  apply(kept, key, label);
  kept.waiting.set(key, label);
  keep(kept);
  changed(kept);
  if (kept.problem === null) void flush(kept);
}

export function openLabelStore(parts: LabelStoreParts): LabelStore {
  const steps: { key: string; before: string | null }[] = [];
  const kept: Kept = {
    parts,
    labels: new Map(),
    waiting: new Map(readKept(parts.kept.read())),
    listeners: new Set(),
    revision: 0,
    isOpen: false,
    writing: false,
    closed: false,
    problem: null,
    timer: undefined,
  };
  void open(kept);
  return {
    get revision() {
      return kept.revision;
    },
    get isOpen() {
      return kept.isOpen;
    },
    get waiting() {
      return kept.waiting.size;
    },
    get problem() {
      return kept.problem;
    },
    get size() {
      return kept.labels.size;
    },
    labelOf: (key) => kept.labels.get(key),
    counts: () => {
      const counts = new Map<string, number>();
      for (const label of kept.labels.values()) counts.set(label, (counts.get(label) ?? 0) + 1);
      return new Map([...counts].sort(([, a], [, b]) => b - a));
    },
    set: (key, label) => {
      const before = kept.labels.get(key) ?? null;
      if (!kept.isOpen || before === label) return;
      steps.push({ key, before });
      put(kept, key, label);
    },
    undo: () => {
      const step = steps.pop();
      if (step === undefined) return undefined;
      put(kept, step.key, step.before);
      return step.key;
    },
    canUndo: () => steps.length > 0,
    subscribe: (listener) => {
      kept.listeners.add(listener);
      return () => kept.listeners.delete(listener);
    },
    close: () => {
      kept.closed = true;
      clearTimeout(kept.timer);
      kept.listeners.clear();
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
