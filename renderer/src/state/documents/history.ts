/** One history for everything a person changes in a pipeline: each step is a command with what it changed, place by place, and what takes that back. */
import {
  applyChanges,
  changesBetween,
  invert,
  isMember,
  join,
  nodesNeeded,
  samePlace,
  type Change,
} from '../../../../shared/pipeline/changes.ts';
import type { PipelineFile } from '../../../../shared/pipeline/file.ts';
import { merge, renameIn, type Clash } from '../../../../shared/pipeline/merge.ts';
import { editCopy } from './edit-copy.ts';

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
  changes: readonly Change[];
  inverse: readonly Change[];
  mergeKey: string | undefined;
  atMs: number;
}
/** The steps of this window; other windows have theirs. */
export interface History {
  file: PipelineFile;
  past: readonly Step[];
  future: readonly Step[];
}

/** Pauses longer than this begin a new step although the key is the same. */
const mergeWithinMs = 1500;

let lastStep = 0;

export function perform(history: History, command: Command, nowMs: number): History {
  const file = editCopy(history.file, command.edit);
  return addStep(history, file, changesBetween(history.file, file), command, nowMs);
}

/** A step that is known by its places. */
export const performChanges = (history: History, changes: readonly Change[], label: string, nowMs: number): History =>
  addStep(history, applyChanges(history.file, changes), changes, { label }, nowMs);

function addStep(
  history: History,
  file: PipelineFile,
  changes: readonly Change[],
  { label, mergeKey }: Omit<Command, 'edit'>,
  nowMs: number,
): History {
  if (changes.length === 0) return history;
  const inverse = invert(changes);
  const before = history.past.at(-1);
  const merges =
    before !== undefined &&
    mergeKey !== undefined &&
    before.mergeKey === mergeKey &&
    history.future.length === 0 &&
    nowMs - before.atMs <= mergeWithinMs;
  const step: Step = {
    id: ++lastStep,
    label,
    changes: merges ? join(before.changes, changes) : changes,
    inverse: merges ? join(inverse, before.inverse) : inverse,
    mergeKey,
    atMs: nowMs,
  };
  return { file, past: [...(merges ? history.past.slice(0, -1) : history.past), step], future: [] };
}

export interface Moved {
  history: History;
  /** What another window changed since, and what is therefore left as it is. */
  clashes: readonly Clash[];
}

export function undo(history: History): Moved {
  const step = history.past.at(-1);
  if (step === undefined) return { history, clashes: [] };
  const { file, clashes } = merge(history.file, step.inverse, 'undo');
  // What was undone is closed: typing after a redo is a step of its own.
  const future = [{ ...step, mergeKey: undefined }, ...history.future];
  return { history: { file, past: history.past.slice(0, -1), future }, clashes };
}

export function redo(history: History): Moved {
  const [step, ...future] = history.future;
  if (step === undefined) return { history, clashes: [] };
  const { file, clashes } = merge(history.file, step.changes, 'undo');
  return { history: { file, past: [...history.past, step], future }, clashes };
}

/** The same steps, where one replaced or removed what another window had just made: taking it back brings that back. */
export function restateSteps(steps: readonly Step[], clashes: readonly Clash[]): readonly Step[] {
  return clashes.reduce((all, clash) => {
    if (clash.why !== 'both' && clash.why !== 'removed') return all;
    const [kind, item = ''] = clash.at;
    const isWire = kind === 'wires';
    const needed = isWire ? nodesNeeded({ in: ['wires'], item }) : [];
    const at = all.findLastIndex(({ changes }) =>
      changes.some(
        (change) =>
          !isMember(change) &&
          (isWire
            ? change.to === undefined && needed.some((id) => samePlace(change.at, ['nodes', id]))
            : samePlace(change.at, clash.at)),
      ),
    );
    const step = all[at];
    if (step === undefined) return all;
    const wire = { in: ['wires'], item, from: 0 };
    const changes = isWire
      ? [wire, ...step.changes]
      : step.changes.map((change) => {
          if (isMember(change) || !samePlace(change.at, clash.at)) return change;
          const { from: _before, ...rest } = change;
          return clash.theirs === undefined ? rest : { ...rest, from: clash.theirs };
        });
    return all.with(at, { ...step, changes, inverse: invert(changes) });
  }, steps);
}

/** The same steps where things have other names now. */
export function renameSteps(steps: readonly Step[], renamed: ReadonlyMap<string, string>): readonly Step[] {
  if (renamed.size === 0) return steps;
  const all = (changes: readonly Change[]): Change[] => changes.map((change) => renameIn(change, renamed));
  return steps.map((step) => ({ ...step, changes: all(step.changes), inverse: all(step.inverse) }));
}
