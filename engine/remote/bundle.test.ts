import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterAll, expect, test } from 'vitest';
import { ensureRuntime } from './staging/bundle.ts';
import { blobPath, RemoteFiles } from './staging/files.ts';
import { openLocalShell } from './shell/local-shell.ts';

const folder = mkdtempSync(join(tmpdir(), 'flowyard-bundle-'));
afterAll(() => rmSync(folder, { recursive: true }));
const write = (path: string, text: string): void => {
  mkdirSync(dirname(join(folder, path)), { recursive: true });
  writeFileSync(join(folder, path), text);
};

test.skipIf(process.platform === 'win32')(
  'of archives that were sent, the one that another run took away is sent again, and no other',
  async () => {
    write('remote/natives.json', '{}');
    write('remote/engine.js', '// the engine');
    const packages = ['@duckdb/node-api', '@duckdb/node-bindings', '@duckdb/node-bindings-linux-x64', 'detect-libc'];
    for (const name of packages) write(`modules/${name}/index.js`, `// ${name}`);
    const installation = {
      remoteFolder: join(folder, 'remote'),
      moduleFolders: [join(folder, 'modules')],
      nodeBinary: '',
      partsFolder: join(folder, 'parts'),
    };
    const system = { platform: 'linux', arch: 'x64', node: 'v24.1.0', glibc: '2.36' };
    const root = join(folder, 'root');
    const files = new RemoteFiles(openLocalShell(), root);
    const sent: string[][] = [];
    const put = files.putBlobs.bind(files);
    files.putBlobs = async (blobs, sending) => {
      const bytes = await put(blobs, sending);
      sent.push(blobs.map(({ name }) => name));
      const engine = blobs.find(({ name }) => name === 'engine');
      if (sent.length === 1 && engine !== undefined) rmSync(join(root, blobPath(engine.sha256)));
      return bytes;
    };
    const place = await ensureRuntime(files, system, [], installation);
    expect(sent).toEqual([['engine', 'duckdb'], ['engine']]);
    expect(readFileSync(join(root, place.folder, 'engine.js'), 'utf8')).toBe('// the engine');
    expect(readdirSync(join(root, place.folder, 'node_modules')).toSorted()).toEqual(['@duckdb', 'detect-libc']);
    expect(await ensureRuntime(files, system, [], installation)).toMatchObject({ sentBytes: 0 });
  },
);
