import { ensureBrowser } from './browser-binary.mjs';
import { ensureBuilt } from './build/build.mjs';
import { runNode } from './child.mjs';
import { ensureInstalled } from './install.mjs';
import { say } from './say.mjs';

/**
 * Takes the pictures of `docs/screens.md` anew; with Playwright's own options (`-g NAME`), some of them.
 * @param {string[]} args
 */
export async function main(args) {
  await ensureInstalled();
  await ensureBuilt();
  const browser = await ensureBrowser({ mayInstall: args.includes('--install') });
  if ('missing' in browser) {
    say(`The pictures were not taken: ${browser.missing}`);
    return 1;
  }
  const rest = args.filter((arg) => arg !== '--install');
  return runNode(
    ['node_modules/@playwright/test/cli.js', 'test', '--config', 'test/screens/playwright.config.ts', ...rest],
    { env: browser.env },
  );
}
