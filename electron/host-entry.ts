/**
 * What the utility process starts with, bundled. Electron's Node may be built without type stripping, so the sources of the packaged app hold
 * JavaScript under their own names (`cli/launch/build-desktop.mjs`), and this hook lets them be read as what they are.
 */
import { readFileSync } from 'node:fs';
import { registerHooks } from 'node:module';
import { join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';

registerHooks({
  load: (url, context, next) =>
    url.startsWith('file:') && url.endsWith('.ts')
      ? { format: 'module', source: readFileSync(fileURLToPath(url), 'utf8'), shortCircuit: true }
      : next(url, context),
});

// Runners are started by paths next to the sources, by a Node that cannot read the archive: so all is loaded from beside it.
const appFolder = join(import.meta.dirname, '..', '..').replace(/app\.asar$/, 'app.asar.unpacked');
await import(pathToFileURL(join(appFolder, 'electron', 'host-start.ts')).href);
