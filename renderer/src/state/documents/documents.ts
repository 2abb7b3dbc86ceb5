/** The pipelines that are open in this window. Other windows may show the same: `live-documents.ts` keeps them together. */
import { create } from 'zustand';
import type { PipelineFile } from '../../../../shared/pipeline/file.ts';
import { samePipeline, type Change } from '../../../../shared/pipeline/changes.ts';
import type { Clash } from '../../../../shared/pipeline/merge.ts';
import { perform, performChanges, redo, undo, type Command, type History, type Moved, type Step } from './history.ts';

export interface OpenDocument extends History {
  /** Names the tab, and the pipeline for all windows that show it. */
  draft: string;
  /** Relative to the workspace; null: never saved. */
  path: string | null;
  /** The file on disk that this is based on; null: none. */
  baseHash: string | null;
  /** A file that was not made here is inert until it is trusted. */
  trusted: boolean;
  /** What it was when it was opened or saved last; null: it never was. */
  saved: PipelineFile | null;
  /** In how many windows it is open, this one included. */
  windows: number;
  savedMs: number | null;
}

interface DocumentsState {
  documents: Readonly<Record<string, OpenDocument>>;
  /** Tabs from left to right. */
  order: readonly string[];
  active: string | null;
}

export const useDocuments = create<DocumentsState>()(() => ({ documents: {}, order: [], active: null }));

const comparisons = new WeakMap<PipelineFile, { saved: PipelineFile; isSame: boolean }>();
/** Whether it differs from what is saved. Undone to that, it does not. */
export function isDirty({ file, saved }: Pick<OpenDocument, 'file' | 'saved'>): boolean {
  if (saved === null) return true;
  const known = comparisons.get(file);
  if (known?.saved === saved) return !known.isSame;
  const isSame = samePipeline(file, saved);
  comparisons.set(file, { saved, isSame });
  return !isSame;
}

export const activeDocument = (): OpenDocument | undefined => documentOf(useDocuments.getState().active);
export const documentOf = (draft: string | null): OpenDocument | undefined =>
  draft === null ? undefined : useDocuments.getState().documents[draft];

/** The document in front, or a slice of it. Subscribe to the smallest slice. */
export function useActive<T>(slice: (document: OpenDocument | undefined) => T): T {
  return useDocuments((s) => slice(s.active === null ? undefined : s.documents[s.active]));
}
/** A slice of the pipeline in front: `usePipeline((file) => file.nodes[id]?.title)`. */
export function usePipeline<T>(slice: (file: PipelineFile) => T): T | undefined {
  return useDocuments((s) => {
    const document = s.active === null ? undefined : s.documents[s.active];
    return document === undefined ? undefined : slice(document.file);
  });
}

export interface OpenOptions {
  path: string | null;
  baseHash?: string | null;
  trusted?: boolean;
  draft?: string;
  /** What stands on disk; null: not known. Default: this content. */
  saved?: PipelineFile | null;
  /** True: the content stands nowhere yet (a quick start). */
  unsaved?: boolean;
  windows?: number;
}

/** Puts a pipeline into a new tab and in front; an open one of the same path comes to the front instead. */
export function openDocument(file: PipelineFile, options: OpenOptions): string {
  const { documents } = useDocuments.getState();
  const open = Object.values(documents).find(
    (d) => d.draft === options.draft || (options.path !== null && d.path === options.path),
  );
  if (open !== undefined) {
    useDocuments.setState({ active: open.draft });
    return open.draft;
  }
  const draft = options.draft ?? crypto.randomUUID();
  const document: OpenDocument = {
    draft,
    path: options.path,
    baseHash: options.baseHash ?? null,
    trusted: options.trusted ?? true,
    file,
    past: [],
    future: [],
    saved: options.unsaved === true ? null : options.saved === undefined ? file : options.saved,
    windows: options.windows ?? 1,
    savedMs: null,
  };
  useDocuments.setState((s) => ({
    documents: { ...s.documents, [draft]: document },
    order: [...s.order, draft],
    active: draft,
  }));
  return draft;
}

export function closeDocument(draft: string): void {
  useDocuments.setState((s) => {
    const { [draft]: _closed, ...documents } = s.documents;
    const index = s.order.indexOf(draft);
    const order = s.order.filter((d) => d !== draft);
    const active = s.active === draft ? (order[Math.min(index, order.length - 1)] ?? null) : s.active;
    return { documents, order, active };
  });
}

export function patchDocument(draft: string, change: Partial<OpenDocument>): void {
  useDocuments.setState((s) => {
    const document = s.documents[draft];
    return document === undefined ? s : { documents: { ...s.documents, [draft]: { ...document, ...change } } };
  });
}

/** Every change of a pipeline goes through here, so that it can be undone and is journalled. */
export function edit(command: Command, draft = useDocuments.getState().active): void {
  const document = documentOf(draft);
  if (document === undefined) return;
  const next = perform(document, command, Date.now());
  if (next !== document) patchDocument(document.draft, next);
}

/** The same for a change that is known by its places. */
export function editPlaces(label: string, changes: readonly Change[], draft: string): void {
  const document = documentOf(draft);
  if (document !== undefined) patchDocument(draft, performChanges(document, changes, label, Date.now()));
}

export interface Moving {
  step: Step;
  /** What another window changed since: it was left as it is. */
  clashes: readonly Clash[];
}

/** Takes the last step of this window back and gives it, or undefined when there is none. */
export const undoStep = (draft = useDocuments.getState().active): Moving | undefined =>
  move(draft, (document) => document.past.at(-1), undo);
export const redoStep = (draft = useDocuments.getState().active): Moving | undefined =>
  move(draft, (document) => document.future[0], redo);

function move(
  draft: string | null,
  stepOf: (document: OpenDocument) => Step | undefined,
  to: (history: History) => Moved,
): Moving | undefined {
  const document = documentOf(draft);
  const step = document && stepOf(document);
  if (document === undefined || step === undefined) return undefined;
  const { history, clashes } = to(document);
  const { file, past, future } = history;
  patchDocument(document.draft, { file, past, future });
  return { step, clashes };
}
