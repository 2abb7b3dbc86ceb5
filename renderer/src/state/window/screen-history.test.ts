import { afterEach, beforeEach, expect, it } from 'vitest';
import { validate } from '../../../../shared/pipeline/parse.ts';
import { closeDocument, openDocument, useDocuments } from '../documents/documents.ts';
import { canGoBack, keepScreenHistory } from './screen-history.ts';
import { select, selection, showScreen, useView } from './view.ts';

/** What a browser keeps of one tab. */
let entries: unknown[] = [];
let shown = 0;
let onPopState: (event: { state: unknown }) => void = () => undefined;
const go = (by: number): void => {
  shown += by;
  onPopState({ state: structuredClone(entries[shown]) });
};
const history = {
  get state(): unknown {
    return entries[shown];
  },
  pushState: (state: unknown) => void (entries = [...entries.slice(0, ++shown), structuredClone(state)]),
  replaceState: (state: unknown) => void (entries[shown] = structuredClone(state)),
} as History;
keepScreenHistory({ history, addEventListener: (_, listener) => void (onPopState = listener) });

const file = validate({ flowyard: 1, nodes: { judge: { kind: 'evaluate.model' } }, wires: [] });
const report = { name: 'report', key: 'k', node: 'judge' } as const;
let draft = '';
beforeEach(() => {
  draft = openDocument(file, { path: null, trusted: true });
  showScreen({ name: 'pipeline' });
});
afterEach(() => {
  useDocuments.getState().order.forEach((open) => closeDocument(open));
  showScreen({ name: 'start' });
});

it('Back from a report in full leads to the canvas as it was, and Forward to the report', () => {
  select({ nodes: ['judge'] });
  const before = entries.length;
  showScreen(report);
  go(-1);
  expect([useView.getState().screen, selection().nodes]).toEqual([{ name: 'pipeline' }, ['judge']]);
  go(1);
  expect([useView.getState().screen, entries.length, canGoBack()]).toEqual([report, before + 1, true]);
});

it('a report is shown with the pipeline from which it was opened', () => {
  showScreen(report);
  const other = openDocument(file, { path: null, trusted: true });
  showScreen({ name: 'pipeline' });
  expect(useDocuments.getState().active).toBe(other);
  go(-1);
  expect([useView.getState().screen, useDocuments.getState().active]).toEqual([report, draft]);
});

it('a report of a pipeline that is closed since is not shown beside another one', () => {
  showScreen(report);
  showScreen({ name: 'runs' });
  closeDocument(draft);
  go(-1);
  expect(useView.getState().screen).toEqual({ name: 'start' });
});

it('another run in the list is the same place', () => {
  showScreen({ name: 'runs' });
  const before = entries.length;
  showScreen({ name: 'runs', run: 'r1' });
  expect(entries.length).toBe(before);
  go(-1);
  expect(useView.getState().screen).toEqual({ name: 'pipeline' });
});

it('what somebody else wrote into the history is left alone', () => {
  onPopState({ state: { screen: 'elsewhere' } });
  onPopState({ state: null });
  expect(useView.getState().screen).toEqual({ name: 'pipeline' });
});
