/** Secrets by name, each encrypted by the system's keychain, in one file of the person's own folder. */
import { existsSync, mkdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';
import * as z from 'zod';
import { fail } from '../shared/errors.ts';

/** What this needs of Electron's `safeStorage`. */
export interface Keychain {
  isEncryptionAvailable: () => boolean;
  encryptString: (text: string) => Buffer;
  decryptString: (encrypted: Buffer) => string;
  /** On Linux. `basic_text` is no keychain: its key is the same for everybody. */
  getSelectedStorageBackend?: () => string;
}

export interface Secrets {
  hasKeychain: () => boolean;
  names: () => string[];
  set: (name: string, value: string) => void;
  remove: (name: string) => void;
  /** For the host alone. */
  read: (name: string) => string | undefined;
}

const stored = z.record(z.string(), z.base64());

export function openSecrets(file: string, keychain: Keychain): Secrets {
  const load = (): Record<string, string> =>
    existsSync(file) ? stored.parse(JSON.parse(readFileSync(file, 'utf8'))) : {};
  const save = (secrets: Record<string, string>): void => {
    mkdirSync(dirname(file), { recursive: true });
    writeFileSync(`${file}.tmp`, JSON.stringify(secrets), { mode: 0o600 });
    renameSync(`${file}.tmp`, file);
  };
  const hasKeychain = (): boolean =>
    keychain.isEncryptionAvailable() && keychain.getSelectedStorageBackend?.() !== 'basic_text';
  const needKeychain = (): void => {
    if (hasKeychain()) return;
    throw fail('secrets.no-keychain', {
      message: 'This system offers no keychain, so the secret was not kept.',
      mend: 'Unlock or install one (on Linux: gnome-keyring or kwallet), or give the secret by an environment variable.',
    });
  };
  return {
    hasKeychain,
    names: () => Object.keys(load()).sort(),
    set: (name, value) => {
      needKeychain();
      save({ ...load(), [name]: keychain.encryptString(value).toString('base64') });
    },
    remove: (name) => {
      const { [name]: _removed, ...kept } = load();
      save(kept);
    },
    read: (name) => {
      const encrypted = load()[name];
      if (encrypted === undefined) return undefined;
      needKeychain();
      return keychain.decryptString(Buffer.from(encrypted, 'base64'));
    },
  };
}
