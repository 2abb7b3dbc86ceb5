/** Short messages that go away by themselves, with at most one thing to do. */
import { create } from 'zustand';
import type { Problem } from '../../../../shared/errors.ts';

export interface Toast {
  id: number;
  tone: 'plain' | 'ok' | 'warn' | 'bad';
  title: string;
  detail?: string | undefined;
  action?: { title: string; run: () => void } | undefined;
}
export const useToasts = create<{ toasts: readonly Toast[] }>()(() => ({ toasts: [] }));

let last = 0;
export function toast(message: Omit<Toast, 'id'>): void {
  const id = ++last;
  useToasts.setState((s) => ({ toasts: [...s.toasts.slice(-3), { ...message, id }] }));
  setTimeout(() => dismissToast(id), message.tone === 'bad' ? 12_000 : 5_000);
}

/** Stays while something goes on and says how far it is. */
export function busyToast(title: string): { say: (title: string) => void; close: () => void } {
  const id = ++last;
  useToasts.setState((s) => ({ toasts: [...s.toasts.slice(-3), { id, tone: 'plain', title }] }));
  return {
    say: (now) =>
      useToasts.setState((s) => ({
        toasts: s.toasts.map((item) => (item.id === id ? { ...item, title: now } : item)),
      })),
    close: () => dismissToast(id),
  };
}
export const dismissToast = (id: number): void =>
  useToasts.setState((s) => ({ toasts: s.toasts.filter((item) => item.id !== id) }));

export const toastProblem = (problem: Problem, action?: Toast['action']): void =>
  toast({ tone: 'bad', title: problem.message, detail: problem.mend, action });
