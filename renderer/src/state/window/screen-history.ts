/** The browser's Back and Forward go from screen to screen, and do not leave the app from a report that was opened in full. */
import * as z from 'zod';
import { useDocuments } from '../documents/documents.ts';
import { closeOverlay } from './overlay.ts';
import { useView, type Screen } from './view.ts';

const screen = z.discriminatedUnion('name', [
  z.object({ name: z.literal(['start', 'pipeline', 'clusters']) }),
  z.object({ name: z.literal('runs'), run: z.string().optional() }),
  z.object({ name: z.literal('models'), model: z.string().optional(), version: z.int().optional() }),
  z.object({ name: z.literal('services'), service: z.string().optional() }),
  z.object({ name: z.literal('labels'), node: z.string() }),
  z.object({ name: z.literal('language'), page: z.enum(['playground', 'files']).optional() }),
  z.object({ name: z.literal('report'), key: z.string(), node: z.string() }),
]);
/** An entry of the browser's history. It outlives the page: another version may have written it. */
const entry = z.object({
  /** How many entries of the app are before it. */
  at: z.int(),
  /** The pipeline in front. */
  draft: z.string().nullable(),
  screen: screen.transform((read): Screen => JSON.parse(JSON.stringify(read))),
});
type Entry = z.output<typeof entry>;

type Browser = Pick<Window, 'history'> & {
  addEventListener: (type: 'popstate', listener: (event: { state: unknown }) => void) => void;
};

let at = 0;
/** Whether Back stays in the app. */
export const canGoBack = (): boolean => at > 0;
export const goBack = (): void => window.history.back();

const entryOf = (shown: Screen): Entry => ({ at, draft: useDocuments.getState().active, screen: shown });

export function keepScreenHistory(browser: Browser): void {
  let isReturning = false;
  const start = entry.safeParse(browser.history.state);
  at = start.success ? start.data.at : 0;
  browser.history.replaceState(entryOf(useView.getState().screen), '');

  useView.subscribe((now, before) => {
    if (isReturning || now.screen === before.screen) return;
    // Another run or service in the same list is the same place.
    const isSamePlace = now.screen.name === before.screen.name;
    if (!isSamePlace) at++;
    browser.history[isSamePlace ? 'replaceState' : 'pushState'](entryOf(now.screen), '');
  });
  // A report is of the pipeline from which it was opened; the canvas is of the one that was in front last.
  useDocuments.subscribe((now, before) => {
    const shown = useView.getState().screen;
    if (!isReturning && now.active !== before.active && shown.name === 'pipeline')
      browser.history.replaceState(entryOf(shown), '');
  });
  browser.addEventListener('popstate', ({ state }) => {
    const read = entry.safeParse(state);
    if (!read.success) return;
    isReturning = true;
    at = read.data.at;
    closeOverlay();
    returnTo(read.data);
    isReturning = false;
  });
}

function returnTo({ draft, screen: wanted }: Entry): void {
  const { documents, active } = useDocuments.getState();
  const isOpen = draft !== null && documents[draft] !== undefined;
  if (wanted.name === 'start') return useView.setState({ screen: wanted });
  // What was seen of a pipeline that is closed since is not shown beside another one.
  const isOfPipeline = wanted.name === 'report' || wanted.name === 'labels' || wanted.name === 'pipeline';
  if (isOfPipeline && !isOpen && draft !== null)
    return useView.setState({ screen: { name: active === null ? 'start' : 'pipeline' } });
  if (isOfPipeline && isOpen) useDocuments.setState({ active: draft });
  useView.setState({ screen: wanted });
}
