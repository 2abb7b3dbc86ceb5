/** The secrets of this person outside the desktop app: an encrypted file, opened by FLOWYARD_SECRETS_KEY or by a passphrase that is asked for. */
import { homedir } from 'node:os';
import { join } from 'node:path';
import { openSecretFile } from '../engine/secrets/secret-file.ts';
import type { SecretStore } from '../engine/secrets/secret-store.ts';
import { askHidden } from './input/ask-hidden.ts';

/** Not in the workspace: a pipeline's folder is for git. `FLOWYARD_SECRETS_FILE` names another place. */
export function secretsPath(env: NodeJS.ProcessEnv = process.env): string {
  const own = env['FLOWYARD_SECRETS_FILE'];
  if (own !== undefined && own !== '') return own;
  if (process.platform === 'win32')
    return join(env['APPDATA'] ?? join(homedir(), 'AppData', 'Roaming'), 'Flowyard', 'secrets-file.json');
  if (process.platform === 'darwin')
    return join(homedir(), 'Library', 'Application Support', 'Flowyard', 'secrets-file.json');
  return join(env['XDG_CONFIG_HOME'] ?? join(homedir(), '.config'), 'flowyard', 'secrets-file.json');
}

/** @param asks A person sits at the terminal and may be asked for the passphrase. */
export function openSecrets(asks = false): SecretStore {
  return openSecretFile({
    path: secretsPath(),
    passphrase: async () => {
      const key = process.env['FLOWYARD_SECRETS_KEY'];
      if (key !== undefined && key !== '') return key;
      return asks && process.stdin.isTTY ? askHidden('Passphrase of the secrets: ') : undefined;
    },
  });
}
