/**
 * Windows at work on one pipeline, two in a real Chromium and one of the window's own state code, with two commands beside them, while host, preview, runner and
 * browser are killed at random. No step is lost, no window stays dead, no process is left over. `FLOWYARD_SOAK_MINUTES` says for how long; default: 10.
 */
import { spawn, type ChildProcess } from 'node:child_process';
import { mkdtempSync, readFileSync, realpathSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { chromium, expect as seen, type BrowserContext, type Page } from '@playwright/test';
import { afterAll, expect, test, vi } from 'vitest';
import { findBrowser } from '../../../../cli/launch/browser-binary.mjs';
import { findLivingHost } from '../../../../engine/host/lock.ts';
import { askForAddress } from '../../../../engine/host/reach-host.ts';
import type { PipelineFile } from '../../../../shared/pipeline/file.ts';
import { formatPipeline, parsePipeline, validate } from '../../../../shared/pipeline/parse.ts';
import { openWindow, serveApp, type ServedApp } from '../../../../test/support/served-app.ts';
import { soakMinutes } from '../../../../test/support/soak-length.ts';
import { killMarked, processesMarked } from '../../../../test/support/soak-processes.ts';
import { findSteadyPort } from '../../../../test/support/steady-port.ts';

const patientMs = 120_000;
const patience = seen.configure({ timeout: patientMs });
const mark = `${process.pid}-${Date.now()}`;
const env = { FLOWYARD_SOAK: mark };
const workspace = realpathSync(mkdtempSync(join(tmpdir(), 'flowyard-soak-')));
const profile = realpathSync(mkdtempSync(join(tmpdir(), 'flowyard-soak-browser-')));
const command = join(import.meta.dirname, '../..', '..', '..', 'dist', 'cli', 'main.js');
const path = 'soak.pipeline.json';
/** Nodes on the canvas at once: older ones are removed again. */
const mostNodes = 24;

const pause = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms));
const upTo = (below: number): number => Math.floor(Math.random() * below);

let app: ServedApp;
let port = 0;
let context: BrowserContext;
let pages: Page[] = [];
/** What was done, for whoever has to find out where a step went. */
const story: string[] = [];
const note = (what: string): void => void story.push(`${new Date().toISOString().slice(14, 23)} ${what}`);
const tally = { steps: 0, host: 0, preview: 0, runner: 0, browser: 0, commands: 0, done: 0, interrupted: 0 };

afterAll(() => {
  // After a failure.
  while (killMarked(mark, /./) !== undefined);
  for (const folder of [workspace, profile]) rmSync(folder, { recursive: true, force: true });
});

/** The state code of a window, as a browser runs it, over the real connection. */
async function openStateWindow() {
  vi.resetModules();
  const [{ setHost }, documents, live, files] = await Promise.all([
    import('../../rpc/host.ts'),
    import('./documents.ts'),
    import('./live-documents.ts'),
    import('../files/files.ts'),
  ]);
  const connection = await openWindow(app);
  setHost(connection.api);
  const stop = live.watchDocuments();
  return {
    api: connection.api,
    documents,
    open: files.openPath,
    file: (): PipelineFile => documents.activeDocument()?.file ?? validate({ flowyard: 1 }),
    isStored: (): boolean => live.isStored(documents.activeDocument()?.draft ?? ''),
    close: async () => {
      stop();
      await connection[Symbol.asyncDispose]();
    },
  };
}
type StateWindow = Awaited<ReturnType<typeof openStateWindow>>;

async function startBrowser(): Promise<void> {
  const found = findBrowser();
  const named = found !== undefined && 'env' in found ? found.env['CHROMIUM'] : undefined;
  // On the disk: what the browser keeps is there for the next one.
  context = await chromium.launchPersistentContext(profile, {
    viewport: { width: 1280, height: 800 },
    reducedMotion: 'reduce',
    chromiumSandbox: process.getuid?.() !== 0,
    args: ['--disable-gpu', '--no-first-run', '--disable-background-networking'],
    env: { ...process.env, ...env },
    ...(named === undefined ? {} : { executablePath: named }),
  });
  context.setDefaultTimeout(patientMs);
  const living = findLivingHost(workspace);
  if (living === undefined) throw new Error('no host lives in the workspace');
  const [first] = context.pages();
  pages = [first ?? (await context.newPage()), await context.newPage()];
  note('browser again');
  let address = await askForAddress(living);
  for (const page of pages) {
    await page.goto(address);
    address = new URL(address).origin;
    await page
      .getByRole('button', { name: new RegExp(path) })
      .first()
      .click();
    await patience(page.getByTestId('canvas')).toBeVisible();
    // What all windows left is there, and only asks whether it should stay: at once, or when the dialog is loaded.
    await page.addLocatorHandler(page.getByRole('button', { name: 'Restore them' }), (restore) => restore.click());
  }
}

async function killBrowser(): Promise<void> {
  const main = processesMarked(mark).find(({ command: c }) => c.includes(profile) && !c.includes(' --type='));
  if (main === undefined) throw new Error('no browser runs');
  const closed = new Promise((resolve) => context.once('close', resolve));
  process.kill(main.pid, 'SIGKILL');
  await closed;
  tally.browser += 1;
}

const shuffled = <T>(items: readonly T[]): T[] =>
  items
    .map((item) => ({ item, at: Math.random() }))
    .sort((a, b) => a.at - b.at)
    .map(({ item }) => item);

const node = (id: string): PipelineFile => validate({ flowyard: 1, nodes: { [id]: { kind: 'read.example' } } });

/** A step in a real window: nodes are pasted, as a person pastes them. */
const pasteIn = (page: Page, id: string): Promise<void> =>
  page.evaluate(
    (text) => {
      const clipboardData = new DataTransfer();
      clipboardData.setData('text/plain', text);
      document.dispatchEvent(new ClipboardEvent('paste', { clipboardData, bubbles: true }));
    },
    formatPipeline(node(id)),
  );

/** The steps that the browser keeps, as text. */
const keptBy = (page: Page): Promise<string> =>
  page.evaluate(
    () =>
      new Promise<string>((resolve, reject) => {
        const opening = indexedDB.open('flowyard');
        opening.addEventListener('error', () => reject(opening.error ?? new Error('not opened')));
        opening.addEventListener('success', () => {
          const all = opening.result.transaction('unsent').objectStore('unsent').getAll();
          all.addEventListener('success', () => resolve(JSON.stringify(all.result)));
          all.addEventListener('error', () => reject(all.error ?? new Error('not read')));
          // Once it has answered.
          opening.result.close();
        });
      }),
  );

const addIn = ({ documents }: StateWindow, id: string): void =>
  documents.edit({
    label: 'Add',
    edit: (file) => {
      file.nodes[id] = { kind: 'read.example', version: 1, params: {} };
      file.layout[id] = [upTo(900), upTo(600)];
    },
  });
const removeIn = ({ documents }: StateWindow, id: string): void =>
  documents.edit({
    label: 'Remove',
    edit: (file) => {
      delete file.nodes[id];
      delete file.layout[id];
    },
  });

/** The same command again and again: it ends with a result, or says why not, and never hangs. */
async function commandLoop(until: () => boolean): Promise<void> {
  while (!until()) {
    const child: ChildProcess = spawn(
      process.execPath,
      ['--disable-warning=ExperimentalWarning', command, 'run', 'job.pipeline.json', '--no-cache'],
      { cwd: workspace, stdio: ['ignore', 'pipe', 'pipe'], env: { ...process.env, ...env } },
    );
    let said = '';
    child.stdout?.on('data', (text: Buffer) => (said += text.toString()));
    child.stderr?.on('data', (text: Buffer) => (said += text.toString()));
    const code = await new Promise<number | null | 'hangs'>((resolve) => {
      const timer = setTimeout(() => resolve('hangs'), patientMs);
      child.once('close', (ended) => {
        clearTimeout(timer);
        resolve(ended);
      });
    });
    expect([code, code === 0 || said.trim() !== '']).toEqual([expect.any(Number), true]);
    tally.commands += 1;
    if (code !== 0) tally.interrupted += 1;
    else tally.done += 1;
    await pause(500 + upTo(1500));
  }
}

test.skipIf(process.platform !== 'linux')(
  `windows and commands at work for ${soakMinutes} minutes, with everything killed at random`,
  { timeout: (soakMinutes * 60 + 600) * 1000 },
  async () => {
    port = await findSteadyPort();
    app = await serveApp({ workspace, port, env });
    const trees = { trees: 600, learningRate: 0.01, patience: 600 };
    const job = {
      flowyard: 1,
      title: 'Job',
      nodes: {
        data: { kind: 'read.example' },
        split: { kind: 'split.rows', params: { target: 'species' } },
        boosting: { kind: 'train.gradient-boosting', params: trees },
      },
      wires: ['data.rows -> split.rows', 'split.rows -> boosting.rows'],
    };
    writeFileSync(join(workspace, 'job.pipeline.json'), formatPipeline(validate(job)));
    const state = await openStateWindow();
    await state.api['pipelines.trust']({ path: 'job.pipeline.json' });
    await state.api['pipelines.save']({ path, file: node('first'), baseHash: null, overwrite: false });
    await state.open(path);
    await startBrowser();

    const endMs = Date.now() + soakMinutes * 60_000;
    const isOver = (): boolean => Date.now() > endMs;
    const commands = Promise.all([commandLoop(isOver), commandLoop(isOver)]);
    // A failure is told at the end, and not as an error that nobody expected.
    commands.catch(() => undefined);
    const expected = new Set(['first']);
    const missing = (file: PipelineFile): string[] => [...expected].filter((id) => !Object.hasOwn(file.nodes, id));
    /** Where a step that is missing in the window of state code is to be found, if anywhere. */
    const reportWhere = async (): Promise<never> => {
      const lost = missing(state.file());
      const kept = await Promise.all(pages.map((page) => keptBy(page).catch(String)));
      const drafts = await state.api['pipelines.drafts']({}).catch(() => []);
      const places = lost.map((id) => ({
        id,
        kept: kept.map((text) => text.includes(`"${id}"`)),
        drafts: drafts.flatMap(({ draft, file }) => (Object.hasOwn(file.nodes, id) ? [draft] : [])),
      }));
      throw new Error(
        [
          `Lost: ${JSON.stringify(places)}; written down: ${state.isStored()}; drafts: ${drafts.map(({ draft, windows }) => `${draft} in ${windows}`).join()}`,
          ...story.slice(-80),
          ...kept,
        ].join('\n'),
      );
    };
    const everythingIsThere = (): Promise<void> =>
      vi
        .waitFor(
          () => {
            expect(missing(state.file())).toEqual([]);
            expect(state.isStored()).toBe(true);
          },
          { timeout: patientMs, interval: 50 },
        )
        .catch(reportWhere);

    /** What was done in a page while nobody answers; on a busy machine the browser takes a while to write. */
    const browserKeeps = async (): Promise<void> => {
      const there = new Set(Object.keys(state.file().nodes));
      const own = [...expected].filter((id) => !there.has(id));
      await vi
        .waitFor(
          async () => {
            const kept = (await Promise.all(pages.map(keptBy))).join();
            expect(own.filter((id) => !kept.includes(`"${id}"`))).toEqual([]);
          },
          { timeout: patientMs, interval: 100 },
        )
        .catch(reportWhere);
    };

    const step = async (): Promise<void> => {
      const id = `step${++tally.steps}`;
      const window = upTo(pages.length + 1);
      const page = pages[window];
      if (page === undefined) addIn(state, id);
      else await pasteIn(page, id);
      note(`${id} in ${page === undefined ? 'state' : `page ${window}`}`);
      expected.add(id);
      if (expected.size <= mostNodes) return;
      const [oldest = ''] = expected;
      if (!Object.hasOwn(state.file().nodes, oldest)) return;
      expected.delete(oldest);
      note(`${oldest} removed`);
      removeIn(state, oldest);
    };
    const work = async (steps: number): Promise<void> => {
      for (let i = 0; i < steps; i++) {
        await step();
        await pause(50 + upTo(400));
      }
    };

    const kills: string[] = [];
    while (!isOver()) {
      await work(4 + upTo(10));
      if (kills.length === 0) kills.push(...shuffled(['host', 'preview', 'runner', 'browser', 'both']));
      const kill = kills.pop();
      note(`kill: ${kill}`);
      switch (kill) {
        case 'host':
          await app.kill();
          tally.host += 1;
          // The windows go on without it.
          await work(upTo(5));
          app = await serveApp({ workspace, port, env });
          note('host again');
          for (const page of pages) await patience(page.getByText('Engine ready')).toBeVisible();
          break;
        case 'preview':
          if (killMarked(mark, /process\.(js|ts) preview/) !== undefined) tally.preview += 1;
          break;
        case 'runner':
          for (let i = 0; i < 50 && killMarked(mark, /process\.(js|ts) runner/) === undefined; i++) await pause(100);
          tally.runner += 1;
          break;
        case 'browser':
          await everythingIsThere();
          await killBrowser();
          await pause(upTo(1000));
          await startBrowser();
          break;
        default:
          // Nobody takes what is done now, and then the windows are gone, too.
          await everythingIsThere();
          await app.kill();
          await work(1 + upTo(4));
          await browserKeeps();
          await killBrowser();
          app = await serveApp({ workspace, port, env });
          await startBrowser();
          tally.host += 1;
      }
    }
    await commands;
    expect(tally.done).toBeGreaterThan(0);

    // All that was done in any window stands in all, is saved by any of them, and every window still works.
    await everythingIsThere();
    for (const page of pages) {
      await patience(page.getByText('Engine ready')).toBeVisible();
      await patience(page.getByTestId('run')).toBeEnabled();
      const id = `last${tally.steps++}`;
      await pasteIn(page, id);
      expected.add(id);
    }
    await everythingIsThere();
    const [page] = pages;
    if (page === undefined) throw new Error('no window');
    await page.bringToFront();
    // A window saves what it shows, and the last news may be on its way to it.
    await vi.waitFor(
      async () => {
        await page.keyboard.press('Control+s');
        await pause(500);
        expect(missing(parsePipeline(readFileSync(join(workspace, path), 'utf8')))).toEqual([]);
      },
      { timeout: patientMs, interval: 500 },
    );
    await patience(page.getByText(/^Saved /).first()).toBeVisible();

    await context.close();
    await state.close();
    await app[Symbol.asyncDispose]();
    await vi.waitFor(() => expect(processesMarked(mark)).toEqual([]), { timeout: 30_000 });
    process.stdout.write(`${JSON.stringify(tally)}\n`);
  },
);
