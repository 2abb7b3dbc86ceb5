import { execFile } from 'node:child_process';
import { chmodSync, chownSync, mkdirSync, mkdtempSync, readdirSync, realpathSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { expect, test } from 'vitest';
import { openStore } from '../store/store.ts';
import { toyPipeline } from '../../test/support/toy-host.ts';

/** Modes bind everybody but root. */
const nobody = 65534;

test.skipIf(process.platform === 'win32')(
  'a used workspace that has become read-only is opened, with what it has, and says that nothing is kept',
  async () => {
    const root = realpathSync(mkdtempSync(join(tmpdir(), 'flowyard-used-')));
    const workspace = join(root, 'workspace');
    const script = `
      import { startToyHost } from ${JSON.stringify(join(import.meta.dirname, '../../test/support/toy-host.ts'))};
      const host = await startToyHost(${JSON.stringify(root)}, ${JSON.stringify(workspace)});
      await host.serveApp({ rendererFolder: ${JSON.stringify(root)}, port: 0 });
      const { store, open } = host.context;
      const kept = await open.list();
      open.discard({ draft: 'd1', window: 'w' });
      console.log(JSON.stringify({ readOnly: store.readOnly, notice: store.notice?.code, kept: kept.map(({ draft }) => draft), run: store.runs.get('run-1')?.status }));
      await host.close();`;
    mkdirSync(workspace);
    const store = openStore(workspace);
    const file = toyPipeline();
    store.drafts.keep({ draft: 'd1', path: null, title: 'Toy', file, savedHash: null, time_ms: 1, seqs: {} });
    // A host that was killed leaves work to do at the next start.
    store.runs.create({ id: 'run-1', pipeline: 'p', title: 'P', file, parameters: {}, startedMs: 1 });
    store.close();
    const isRoot = process.getuid?.() === 0;
    const all = ['', ...readdirSync(workspace, { recursive: true, encoding: 'utf8' })].map((n) => join(workspace, n));
    try {
      if (isRoot) for (const path of [root, ...all]) chownSync(path, nobody, nobody);
      for (const path of all.toReversed()) chmodSync(path, path.includes('flowyard.sqlite') ? 0o444 : 0o555);
      const { stdout } = await promisify(execFile)(
        process.execPath,
        ['--disable-warning=ExperimentalWarning', '--input-type=module', '-e', script],
        // The copy goes to a place of its own: another test looks for copies that were left.
        { cwd: root, env: { ...process.env, TMPDIR: root }, ...(isRoot ? { uid: nobody, gid: nobody } : {}) },
      );
      expect(JSON.parse(stdout)).toEqual({
        readOnly: true,
        notice: 'store.read-only',
        kept: ['d1'],
        run: 'interrupted',
      });
    } finally {
      for (const path of all) chmodSync(path, 0o700);
      rmSync(root, { recursive: true, force: true });
    }
  },
  60_000,
);
