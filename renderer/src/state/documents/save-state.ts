/** Where the saving of each open pipeline stands, for the button, the tab and the status line. */
import { create } from 'zustand';
import type { Problem } from '../../../../shared/errors.ts';
import { isDirty, useDocuments, type OpenDocument } from './documents.ts';

interface Attempt {
  /** Missing while it goes on. */
  problem?: Problem;
  /** What was to be saved: a later change is another story. */
  file: OpenDocument['file'];
}
const useAttempts = create<{ attempts: Readonly<Record<string, Attempt>> }>()(() => ({ attempts: {} }));

export const beginSave = (draft: string, file: Attempt['file']): void =>
  useAttempts.setState(({ attempts }) => ({ attempts: { ...attempts, [draft]: { file } } }));
export const failSave = (draft: string, file: Attempt['file'], problem: Problem): void =>
  useAttempts.setState(({ attempts }) => ({ attempts: { ...attempts, [draft]: { file, problem } } }));
export const endSave = (draft: string): void =>
  useAttempts.setState(({ attempts: { [draft]: _over, ...attempts } }) => ({ attempts }));

export type SaveState =
  | { name: 'saving' }
  | { name: 'failed'; problem: Problem }
  /** Changes that no file has. */
  | { name: 'unsaved' }
  | { name: 'saved'; atMs: number | null }
  /** There is nothing in it. */
  | { name: 'empty' };

export function saveStateOf(document: OpenDocument, attempt: Attempt | undefined): SaveState {
  if (attempt !== undefined && attempt.problem === undefined) return { name: 'saving' };
  if (attempt?.problem !== undefined && isDirty(document)) return { name: 'failed', problem: attempt.problem };
  if (isDirty(document)) return { name: 'unsaved' };
  return document.path === null ? { name: 'empty' } : { name: 'saved', atMs: document.savedMs };
}

/** Of the pipeline in front. */
export function useSaveState(): SaveState | undefined {
  const document = useDocuments((s) => (s.active === null ? undefined : s.documents[s.active]));
  const attempt = useAttempts((s) => (document === undefined ? undefined : s.attempts[document.draft]));
  return document === undefined ? undefined : saveStateOf(document, attempt);
}
