/** Secrets of the desktop in a real keychain: gnome-keyring on a message bus of the test's own. */
import { expect as see } from '@playwright/test';
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import { needTools } from '../support/system-tools.ts';
import { ended, openDesktop, quit, type Desktop, type RealWindow } from './real-window.ts';

const patient = see.configure({ timeout: 60_000 });
const isLinux = process.platform === 'linux';

/** Unlocked as a login does it, its password comes by the environment; then Electron, which gets the file to read first. */
const within = `dbus-run-session -- sh -c 'printf %s "$KEYRING_PASSWORD" | gnome-keyring-daemon --unlock --components=secrets >/dev/null; electron=$1; shift; exec "$electron" -r "$READ_FIRST" "$@"' sh`;

describe.runIf(isLinux)('a keychain that is there', () => {
  let desktop: Desktop;
  const kept = (): string => join(desktop.scratch, 'user', 'secrets.json');

  beforeAll(async () => {
    needTools('keychain');
    desktop = await openDesktop({ within });
  });
  afterEach(() => desktop?.endAll());
  afterAll(() => desktop?.[Symbol.asyncDispose]());

  /** On a bus of its own, with the keyring of a person who has this password. */
  async function start(person: string): Promise<RealWindow> {
    const home = join(desktop.scratch, person);
    const keyrings = join(home, 'data', 'keyrings');
    mkdirSync(keyrings, { recursive: true, mode: 0o700 });
    // The keyring that the login opens is where programs put their keys.
    writeFileSync(join(keyrings, 'default'), 'login');
    const window = await desktop.open({
      args: ['--password-store=gnome-libsecret'],
      env: {
        HOME: home,
        XDG_DATA_HOME: join(home, 'data'),
        XDG_RUNTIME_DIR: home,
        KEYRING_PASSWORD: person,
        READ_FIRST: join(import.meta.dirname, 'keep-keychain.cjs'),
        FLOWYARD_SECRETS_FILE: join(desktop.scratch, 'secrets-file.json'),
      },
    });
    await patient(window.page.getByText('Penguins').first()).toBeVisible();
    return window;
  }
  const decrypt = ({ electron }: RealWindow, text: string): Promise<string> =>
    electron.evaluate(
      ({ safeStorage }, encrypted) => safeStorage.decryptString(Buffer.from(encrypted, 'base64')),
      text,
    );
  const secrets = (): Record<string, string> => JSON.parse(readFileSync(kept(), 'utf8'));

  test('keeps a secret, which lies nowhere in the clear', async () => {
    const open = await start('ada');
    const { page } = open;
    await page.keyboard.press('Alt+5');
    await page.getByRole('radiogroup', { name: 'Language models' }).getByText('Models', { exact: true }).click();
    await page.getByRole('textbox', { name: 'Name', exact: true }).fill('api.key');
    await page.getByLabel('Value', { exact: true }).fill('hush-hush');
    await page.getByRole('button', { name: 'Keep', exact: true }).click();
    await patient(page.getByText('api.key', { exact: true })).toBeVisible();
    expect(Object.keys(secrets())).toEqual(['api.key']);
    expect(Buffer.from(secrets()['api.key'] ?? '', 'base64').toString('latin1')).not.toContain('hush');
    // Only without a keychain.
    expect(existsSync(join(desktop.scratch, 'secrets-file.json'))).toBe(false);
    await quit(open);
    await ended(open);
  });

  test('gives it back after the next start, to the same person alone', async () => {
    const text = secrets()['api.key'] ?? '';
    const same = await start('ada');
    expect(await decrypt(same, text)).toBe('hush-hush');
    await quit(same);
    await ended(same);
    const other = await start('bob');
    await expect(decrypt(other, text)).rejects.toThrow('decrypt');
    await quit(other);
    await ended(other);
  });
});
