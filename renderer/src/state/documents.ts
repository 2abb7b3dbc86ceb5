/** The open pipelines. The file is the document; nothing else holds a copy of it. */
import { create } from 'zustand';
import type { PipelineFile } from '../../../shared/pipeline/file.ts';
import { perform, redo, undo, type Command, type History, type Step } from './history.ts';

export interface OpenDocument extends History {
  /** Names the tab and its journal. */
  draft: string;
  /** Relative to the workspace; null: never saved. */
  path: string | null;
  /** The file on disk that this is based on; null: none. */
  baseHash: string | null;
  /** A file that was not made here is inert until it is trusted. */
  trusted: boolean;
  /** The step after which it was saved last; 0: as opened. */
  savedStep: number;
  savedMs: number | null;
}

interface DocumentsState {
  documents: Readonly<Record<string, OpenDocument>>;
  /** Tabs from left to right. */
  order: readonly string[];
  active: string | null;
}

export const useDocuments = create<DocumentsState>()(() => ({ documents: {}, order: [], active: null }));

export const lastStepId = (history: History): number => history.past.at(-1)?.id ?? 0;
export const isDirty = (document: OpenDocument): boolean => lastStepId(document) !== document.savedStep;

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
  /** True: the content is newer than the file on disk (recovered work, a quick start). */
  unsaved?: boolean;
}

/** Puts a pipeline into a new tab and in front; an open one of the same path comes to the front instead. */
export function openDocument(file: PipelineFile, options: OpenOptions): string {
  const { documents } = useDocuments.getState();
  const open = options.path === null ? undefined : Object.values(documents).find((d) => d.path === options.path);
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
    savedStep: options.unsaved === true ? -1 : 0,
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

/** Takes the last step back and gives it, or undefined when there is none. */
export function undoStep(draft = useDocuments.getState().active): Step | undefined {
  const document = documentOf(draft);
  const step = document?.past.at(-1);
  if (document !== undefined && step !== undefined) patchDocument(document.draft, undo(document));
  return step;
}

export function redoStep(draft = useDocuments.getState().active): Step | undefined {
  const document = documentOf(draft);
  const step = document?.future[0];
  if (document !== undefined && step !== undefined) patchDocument(document.draft, redo(document));
  return step;
}
