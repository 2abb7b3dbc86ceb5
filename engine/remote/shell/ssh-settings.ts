/** The way to a machine: what the person said, then their ssh_config, then the usual keys and the agent. */
import { existsSync } from 'node:fs';
import { homedir, userInfo } from 'node:os';
import { join } from 'node:path';
import SSHConfig from 'ssh-config';
import ssh2 from 'ssh2';
import { fail } from '../../../shared/errors.ts';
import { readGivenSync } from '../../files/given-file.ts';
import type { TargetSettings } from '../../../shared/targets.ts';

export interface SshHop {
  host: string;
  port: number;
  user: string;
  privateKey?: Buffer;
  passphrase?: string;
  /** For messages. */
  keyFile?: string;
  /** The agent's socket. */
  agent?: string;
  hostKey?: string;
}
export interface SshSurroundings {
  /** Text of `~/.ssh/config`. */
  config: string;
  home: string;
  agent: string | undefined;
  /** Passphrases and the like, by name: nothing of them is stored here. */
  secret?: (name: string) => string | undefined;
}

/** Keys and settings are a few thousand letters. */
const readSmall = (path: string): Buffer => readGivenSync(path, { name: path, mostBytes: 2 ** 24 });
const usualKeys = ['id_ed25519', 'id_ecdsa', 'id_rsa'];

export function readSurroundings(): SshSurroundings {
  const home = homedir();
  const place = join(home, '.ssh', 'config');
  return {
    config: existsSync(place) ? readSmall(place).toString('utf8') : '',
    home,
    agent: process.env['SSH_AUTH_SOCK'],
  };
}

type Named = Pick<TargetSettings, 'host' | 'port' | 'user' | 'key'> & { passphrase?: string | undefined };

/** Jump hosts first, the machine itself last. */
export function findHops(target: TargetSettings, around: SshSurroundings): SshHop[] {
  if (target.host === undefined)
    throw fail('target.no-host', { message: `The remote "${target.name}" has no host.`, mend: 'Give it with --host.' });
  const config = SSHConfig.parse(around.config);
  const passphraseName = target.options['passphrase'];
  const passphrase = passphraseName === undefined ? undefined : around.secret?.(passphraseName);
  if (passphraseName !== undefined && passphrase === undefined)
    throw fail('target.no-secret', {
      message: `The remote "${target.name}" needs the secret "${passphraseName}", which is not stored here.`,
      mend: 'Add it: flowyard secrets set NAME, or Secrets in the app.',
    });
  const jump = target.options['jump'] ?? textOf(config.compute(target.host)['ProxyJump']);
  const jumps = jump === undefined || jump === 'none' ? [] : jump.split(',').map((text) => readAddress(text.trim()));
  return [...jumps.map((hop) => toHop(hop, config, around)), toHop({ ...target, passphrase }, config, around)];
}

function toHop(named: Named, config: SSHConfig, around: SshSurroundings): SshHop {
  const name = named.host ?? '';
  const known = config.compute(name);
  const identity = known['IdentityFile'];
  const files = [
    ...(named.key === undefined ? [] : [named.key]),
    ...(identity === undefined ? [] : [identity].flat().map(String)),
    ...usualKeys.map((key) => join(around.home, '.ssh', key)),
  ].map((file) => file.replace(/^~(?=\/)/, around.home).replaceAll('%d', around.home));
  if (named.key !== undefined && !existsSync(files[0] ?? ''))
    throw fail('target.no-key', {
      message: `There is no key file ${named.key}.`,
      mend: 'Give the place of a private key.',
    });
  const keyFile = files.find((file) => isUsableKey(file, named));
  const port = named.port ?? Number(textOf(known['Port']) ?? 22);
  return {
    host: textOf(known['HostName']) ?? name,
    port: Number.isInteger(port) ? port : 22,
    user: named.user ?? textOf(known['User']) ?? userInfo().username,
    ...(keyFile === undefined ? {} : { privateKey: readSmall(keyFile), keyFile }),
    ...(named.passphrase === undefined ? {} : { passphrase: named.passphrase }),
    ...(around.agent === undefined || (named.key !== undefined && keyFile !== undefined)
      ? {}
      : { agent: around.agent }),
  };
}

/** A key that needs a passphrase which nobody gave is left to the agent; the one that the person named is not passed over in silence. */
function isUsableKey(file: string, { key, passphrase }: Named): boolean {
  if (!existsSync(file)) return false;
  const parsed = ssh2.utils.parseKey(readSmall(file), passphrase);
  if (!(parsed instanceof Error) && [parsed].flat().some((one) => one.isPrivateKey())) return true;
  if (key === undefined || file !== key) return false;
  const why = parsed instanceof Error ? parsed.message : 'it is the public half';
  throw fail(
    'target.bad-key',
    {
      message: `The key ${key} cannot be used (${why}).`,
      mend: mendOfKey(why, passphrase),
    },
    parsed instanceof Error ? { cause: parsed } : {},
  );
}

function mendOfKey(why: string, passphrase: string | undefined): string {
  if (passphrase !== undefined) return 'Keep the right passphrase: flowyard secrets set NAME, or Secrets in the app.';
  return /encrypt|passphrase/i.test(why)
    ? 'Keep its passphrase as a secret and name it with --option passphrase=NAME, or add the key to an SSH agent.'
    : 'Give the private half, the file without ".pub".';
}

/** `user@host:port` */
function readAddress(text: string): Named {
  const [, user, host = text, port] = /^(?:([^@]+)@)?(\[[^\]]+\]|[^:]+)(?::(\d+))?$/.exec(text) ?? [];
  return {
    host: host.replaceAll(/[[\]]/g, ''),
    ...(user === undefined ? {} : { user }),
    ...(port === undefined ? {} : { port: Number(port) }),
  };
}

const textOf = (value: unknown): string | undefined =>
  typeof value === 'string' ? value : Array.isArray(value) ? textOf(value[0]) : undefined;
