import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { validate } from '../../../shared/pipeline/parse.ts';
import { setCanvasApi, type CanvasApi } from '../drawing/canvas-store.ts';
import { setHost } from '../rpc/host.ts';
import type { HostClient } from '../rpc/host-client.ts';
import { activeDocument, closeDocument, openDocument, useDocuments } from '../state/documents/documents.ts';
import { useToasts } from '../state/window/toasts.ts';
import { select, selection, showScreen } from '../state/window/view.ts';
import { addTexts } from '../text/t.ts';
import { report } from '../text/en/report.ts';
import { servableOf, serveModel } from './serve-model.ts';

const file = validate({
  flowyard: 1,
  nodes: { train: { kind: 'train.logistic-regression' }, judge: { kind: 'evaluate.model' } },
  wires: ['train.model -> judge.model'],
  layout: { train: [0, 0], judge: [220, 0] },
});
const reveal = vi.fn<(node: string) => void>();

beforeEach(() => {
  vi.useFakeTimers();
  addTexts({ report });
  const answered: unknown = new Proxy({}, { get: () => () => Promise.reject(new Error('no run in this test')) });
  setHost(answered as HostClient);
  setCanvasApi(new Proxy({} as CanvasApi, { get: (_, name) => (name === 'reveal' ? reveal : () => undefined) }));
  openDocument(file, { path: null, trusted: true });
  select({ nodes: ['judge'] });
});
afterEach(() => {
  useDocuments.getState().order.forEach((draft) => closeDocument(draft));
  setCanvasApi(null);
  useToasts.setState({ toasts: [] });
  reveal.mockClear();
  vi.useRealTimers();
});

async function serve(): Promise<string | undefined> {
  const servable = servableOf(file, 'judge');
  if (servable === undefined) throw new Error('there is a model to serve');
  await serveModel(servable);
  await vi.advanceTimersByTimeAsync(100);
  const now = activeDocument()?.file.nodes ?? {};
  return Object.keys(now).find((id) => now[id]?.kind === 'deploy.http');
}

it('whoever serves a model from its report goes on reading it, and the new card is brought into view', async () => {
  showScreen({ name: 'pipeline' });
  const added = await serve();
  expect(selection().nodes).toEqual(['judge']);
  expect(reveal.mock.calls.at(-1)).toEqual([added]);
});

it('beside a report in full size the new card is a press away', async () => {
  showScreen({ name: 'report', key: 'k', node: 'judge' });
  const added = await serve();
  const shown = useToasts.getState().toasts.find(({ title }) => title.includes('is added'));
  expect(selection().nodes).toEqual(['judge']);
  shown?.action?.run();
  expect(selection().nodes).toEqual([added]);
});
