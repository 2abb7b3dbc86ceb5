/** One history for everything a person changes in a pipeline: each step is a command with its patches and their inverse. */
import type { PipelineFile } from '../../../shared/pipeline/file.ts';
import { applyPatches, editWithPatches, type Patches } from './patches.ts';

export interface Command {
  /** What the person did, for the history and the message after undo: "Set trees of Gradient boosting". */
  label: string;
  edit: (file: PipelineFile) => void;
  /** Commands of one key that follow each other closely are one step: typing, dragging. */
  mergeKey?: string;
}
export interface Step {
  id: number;
  label: string;
  patches: Patches;
  inverse: Patches;
  mergeKey: string | undefined;
  atMs: number;
}
export interface History {
  file: PipelineFile;
  past: readonly Step[];
  future: readonly Step[];
}

/** Pauses longer than this begin a new step although the key is the same. */
const mergeWithinMs = 1500;

let lastStep = 0;

export function perform(history: History, command: Command, nowMs: number): History {
  const { file, patches, inverse } = editWithPatches(history.file, command.edit);
  if (patches.length === 0) return history;
  const before = history.past.at(-1);
  const merges =
    before !== undefined &&
    command.mergeKey !== undefined &&
    before.mergeKey === command.mergeKey &&
    history.future.length === 0 &&
    nowMs - before.atMs <= mergeWithinMs;
  const step: Step = {
    id: ++lastStep,
    label: command.label,
    patches: merges ? [...before.patches, ...patches] : patches,
    inverse: merges ? [...inverse, ...before.inverse] : inverse,
    mergeKey: command.mergeKey,
    atMs: nowMs,
  };
  return { file, past: [...(merges ? history.past.slice(0, -1) : history.past), step], future: [] };
}

export function undo(history: History): History {
  const step = history.past.at(-1);
  if (step === undefined) return history;
  return {
    file: applyPatches(history.file, step.inverse),
    past: history.past.slice(0, -1),
    // What was undone is closed: typing after a redo is a step of its own.
    future: [{ ...step, mergeKey: undefined }, ...history.future],
  };
}

export function redo(history: History): History {
  const [step, ...future] = history.future;
  if (step === undefined) return history;
  return { file: applyPatches(history.file, step.patches), past: [...history.past, step], future };
}
