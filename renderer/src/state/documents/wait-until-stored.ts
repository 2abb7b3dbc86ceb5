import { useDocuments } from './documents.ts';
import { isStored } from './live-documents.ts';

const lookEveryMs = 20;
/** Whether the host has every step, after waiting for it. */
export async function waitUntilStored(patienceMs: number): Promise<boolean> {
  const untilMs = performance.now() + patienceMs;
  const isAll = (): boolean => useDocuments.getState().order.every(isStored);
  while (!isAll() && performance.now() < untilMs) await new Promise((resolve) => setTimeout(resolve, lookEveryMs));
  return isAll();
}
