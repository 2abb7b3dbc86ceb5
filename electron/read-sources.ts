/**
 * Lets this process and thread read the sources of the packaged app: they hold JavaScript under their own names (`cli/launch/build/build-desktop.mjs`),
 * and Electron's Node may be built without type stripping, which would take them as they are.
 */
import { readFileSync } from 'node:fs';
import { registerHooks } from 'node:module';
import { join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';

export function readSources(): void {
  registerHooks({
    load: (url, context, next) =>
      url.startsWith('file:') && url.endsWith('.ts')
        ? { format: 'module', source: readFileSync(fileURLToPath(url), 'utf8'), shortCircuit: true }
        : next(url, context),
  });
}

/**
 * A source file of the app. Runners are started by paths next to the sources, by a Node that cannot read the archive: so all is
 * loaded from beside it.
 * @param bundleFolder `dist/electron` of the app
 */
export function sourceUrl(bundleFolder: string, path: string): URL {
  const appFolder = join(bundleFolder, '..', '..').replace(/app\.asar$/, 'app.asar.unpacked');
  return pathToFileURL(join(appFolder, path));
}
