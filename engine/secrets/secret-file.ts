/**
 * Secrets in a file of the person's own folder, encrypted under a passphrase: scrypt (N 2^15, r 8, p 1; RFC 7914) makes the key, AES-256-GCM seals each value with its
 * name, so that no value can be put under another name. Names can be read without the passphrase; values cannot.
 */
import { createCipheriv, createDecipheriv, randomBytes, scrypt } from 'node:crypto';
import { mkdir } from 'node:fs/promises';
import { dirname } from 'node:path';
import * as z from 'zod';
import { fail } from '../../shared/errors.ts';
import { readGiven } from '../files/given-file.ts';
import { secretName, type SecretStore } from './secret-store.ts';
import { writeFileAtomic } from '../files/durable-write.ts';

const sealed = z.strictObject({ iv: z.base64(), tag: z.base64(), data: z.base64() });
type Sealed = z.output<typeof sealed>;
const secretFile = z.strictObject({
  flowyardSecrets: z.literal(1),
  kdf: z.strictObject({
    name: z.literal('scrypt'),
    n: z
      .int()
      .min(2 ** 14)
      .max(2 ** 20),
    r: z.int().min(1).max(32),
    p: z.int().min(1).max(16),
    salt: z.base64(),
  }),
  /** A known text: tells a wrong passphrase from a damaged value. */
  check: sealed,
  secrets: z.record(z.string(), sealed),
});
type SecretFile = z.output<typeof secretFile>;

/** A thousand certificates. */
const mostBytes = 16 * 2 ** 20;
const checkText = 'flowyard';
const checkName = '\u0000check';

export interface SecretFileOptions {
  path: string;
  /** Asked once, when a value is read or written. Undefined: nobody can be asked. */
  passphrase: () => Promise<string | undefined>;
}

export function openSecretFile({ path, passphrase }: SecretFileOptions): SecretStore {
  let key: Promise<Buffer> | undefined;
  const load = async (): Promise<SecretFile | undefined> => {
    const bytes = await readGiven(path, { name: path, mostBytes }).catch((error: NodeJS.ErrnoException) => {
      if (error.code === 'ENOENT') return undefined;
      throw error;
    });
    if (bytes === undefined) return undefined;
    const parsed = secretFile.safeParse(parseJson(bytes.toString('utf8')));
    if (parsed.success) return parsed.data;
    throw fail('secret.damaged', {
      message: `The file of secrets (${path}) is damaged or of a newer version.`,
      mend: 'Move it away and set the secrets again, or update Flowyard.',
    });
  };
  const unlock = (kdf: SecretFile['kdf'], check: Sealed | undefined): Promise<Buffer> => {
    key ??= openKey(kdf, check, passphrase);
    // A wrong passphrase may be given anew.
    key.catch(() => (key = undefined));
    return key;
  };
  return {
    names: async () => Object.keys((await load())?.secrets ?? {}).sort(),
    read: async (name) => {
      const file = await load();
      const value = file?.secrets[name];
      if (file === undefined || value === undefined) return undefined;
      return open(await unlock(file.kdf, file.check), name, value);
    },
    set: async (name, value) => {
      if (!secretName.test(name))
        throw fail('secret.bad-name', {
          message: `"${name}" cannot name a secret.`,
          mend: 'Use letters, digits, ".", "_" and "-", at most 80.',
        });
      const file = await load();
      const kdf = file?.kdf ?? { name: 'scrypt', n: 2 ** 15, r: 8, p: 1, salt: randomBytes(16).toString('base64') };
      const used = await unlock(kdf, file?.check);
      await save(path, {
        flowyardSecrets: 1,
        kdf,
        check: file?.check ?? seal(used, checkName, checkText),
        secrets: { ...file?.secrets, [name]: seal(used, name, value) },
      });
    },
    remove: async (name) => {
      const file = await load();
      if (file === undefined || !Object.hasOwn(file.secrets, name)) return false;
      const { [name]: _removed, ...secrets } = file.secrets;
      await save(path, { ...file, secrets });
      return true;
    },
  };
}

async function openKey(
  { n, r, p, salt }: SecretFile['kdf'],
  check: Sealed | undefined,
  passphrase: SecretFileOptions['passphrase'],
): Promise<Buffer> {
  const given = await passphrase();
  if (given === undefined || given === '')
    throw fail('secret.locked', {
      message: 'The secrets are locked.',
      mend: 'Set FLOWYARD_SECRETS_KEY to their passphrase, or use the desktop app, which keeps them in the system’s keychain.',
    });
  const made = await new Promise<Buffer>((resolve, reject) => {
    // Its memory is 128·N·r bytes: Node's default limit is exactly that and refuses it.
    scrypt(given, Buffer.from(salt, 'base64'), 32, { N: n, r, p, maxmem: 256 * n * r }, (error, derived) =>
      error === null ? resolve(derived) : reject(error),
    );
  });
  if (check === undefined) return made;
  try {
    if (unseal(made, checkName, check) === checkText) return made;
  } catch {
    // Told below: GCM refuses a wrong key.
  }
  throw fail('secret.wrong-passphrase', {
    message: 'This is not the passphrase of the secrets.',
    mend: 'Give the one that they were set with (FLOWYARD_SECRETS_KEY).',
  });
}

function open(key: Buffer, name: string, value: Sealed): string {
  try {
    return unseal(key, name, value);
  } catch (cause) {
    throw fail(
      'secret.damaged',
      { message: `The secret "${name}" was changed from outside.`, mend: 'Set it again.' },
      { cause },
    );
  }
}

function seal(key: Buffer, name: string, text: string): Sealed {
  const iv = randomBytes(12);
  const cipher = createCipheriv('aes-256-gcm', key, iv).setAAD(Buffer.from(name, 'utf8'));
  const data = Buffer.concat([cipher.update(text, 'utf8'), cipher.final()]);
  return { iv: iv.toString('base64'), tag: cipher.getAuthTag().toString('base64'), data: data.toString('base64') };
}

function unseal(key: Buffer, name: string, { iv, tag, data }: Sealed): string {
  const cipher = createDecipheriv('aes-256-gcm', key, Buffer.from(iv, 'base64'), { authTagLength: 16 })
    .setAAD(Buffer.from(name, 'utf8'))
    .setAuthTag(Buffer.from(tag, 'base64'));
  return Buffer.concat([cipher.update(Buffer.from(data, 'base64')), cipher.final()]).toString('utf8');
}

async function save(path: string, file: SecretFile): Promise<void> {
  await mkdir(dirname(path), { recursive: true, mode: 0o700 });
  await writeFileAtomic(path, `${JSON.stringify(file, null, 1)}\n`, 0o600);
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
