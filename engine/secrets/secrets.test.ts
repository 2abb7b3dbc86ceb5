import { mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { validate } from '../../shared/pipeline/parse.ts';
import { namedSecrets } from './named-secrets.ts';
import { makeRedact, redactSettings } from './redact.ts';
import { openSecretFile } from './secret-file.ts';
import type { SecretStore } from './secret-store.ts';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'flowyard-secrets-'));
});
afterEach(() => rmSync(folder, { recursive: true }));
const path = (): string => join(folder, 'sub', 'secrets.json');
const withKey = (key: string | undefined): SecretStore => openSecretFile({ path: path(), passphrase: async () => key });

describe('the file of secrets', () => {
  it('gives back what was set, to whoever has the passphrase, and holds nothing in the clear', async () => {
    const store = withKey('open sesame');
    await store.set('b', 'value of b, ünïcode 😀');
    await store.set('a', 'value of a');
    await store.set('a', 'newer value');
    expect(await withKey('open sesame').read('a')).toBe('newer value');
    expect(await withKey('open sesame').read('b')).toBe('value of b, ünïcode 😀');
    expect(await withKey('open sesame').read('c')).toBeUndefined();
    expect(await withKey(undefined).names()).toEqual(['a', 'b']);
    expect(readFileSync(path(), 'utf8')).not.toMatch(/value|sesame/);
    if (process.platform !== 'win32') expect(statSync(path()).mode & 0o777).toBe(0o600);
    expect([await store.remove('a'), await store.remove('a'), await store.names()]).toEqual([true, false, ['b']]);
  });

  it('refuses a wrong passphrase, none, a changed value, and a value under another name', async () => {
    await withKey('right').set('one', 'first');
    await withKey('right').set('two', 'second');
    await expect(withKey('wrong').read('one')).rejects.toMatchObject({ problem: { code: 'secret.wrong-passphrase' } });
    await expect(withKey('wrong').set('three', 'x')).rejects.toMatchObject({
      problem: { code: 'secret.wrong-passphrase' },
    });
    await expect(withKey(undefined).read('one')).rejects.toMatchObject({ problem: { code: 'secret.locked' } });
    const file: { secrets: Record<string, unknown> } = JSON.parse(readFileSync(path(), 'utf8'));
    writeFileSync(path(), JSON.stringify({ ...file, secrets: { one: file.secrets['two'] } }));
    await expect(withKey('right').read('one')).rejects.toMatchObject({ problem: { code: 'secret.damaged' } });
    writeFileSync(path(), '{');
    await expect(withKey('right').names()).rejects.toMatchObject({ problem: { code: 'secret.damaged' } });
    await expect(withKey('right').set('a b', 'x')).rejects.toMatchObject({ problem: { code: 'secret.bad-name' } });
  });
});

it('a pipeline tells the secrets that it names, also by a run parameter', () => {
  const node = (secret: string) => ({ kind: 'language.endpoint', version: 1, params: { secret } });
  const file = validate({
    flowyard: 1,
    title: '',
    parameters: { key: { type: 'text', default: 'from default' } },
    nodes: { a: node('mine'), b: node('=key'), c: node(''), d: node('mine') },
    wires: [],
    groups: {},
    notes: {},
    layout: {},
  });
  expect(namedSecrets(file, {})).toEqual(['from default', 'mine']);
  expect(namedSecrets(file, { key: 'given' })).toEqual(['given', 'mine']);
});

it('no secret is left in what was redacted', () => {
  fc.assert(
    fc.property(
      fc.string({ minLength: 4 }).filter((s) => s.trim().length >= 4 && !s.includes('•')),
      fc.string(),
      (secret, text) => {
        const redact = makeRedact([secret]);
        const value = {
          message: `${text}${secret}${text}`,
          list: [secret],
          address: `https://x/?k=${encodeURIComponent(secret)}`,
          number: 5,
        };
        const said = redact(value);
        expect(said.message.includes(secret)).toBe(false);
        expect(said.list).toEqual(['•••']);
        expect(said.number).toBe(5);
      },
    ),
  );
});

it('passwords and keys in addresses are taken out wherever they are told, and what is no secret stays', () => {
  const redact = makeRedact([]);
  const cases: [given: string, reported: string][] = [
    ['at http://me:p@ss@host:8080/v1?api_key=K3&n=1#top now', 'at http://me:•••@host:8080/v1?api_key=•••&n=1#top now'],
    ['https://ghp_token@host/x', 'https://•••@host/x'],
    ['postgres://me:pw@host/db', 'postgres://me:•••@host/db'],
    ['ssh://me@host', 'ssh://me@host'],
    [
      'https://s3/x?X-Amz-Signature=abc&sig=d&access_token=e&monkey=f',
      'https://s3/x?X-Amz-Signature=•••&sig=•••&access_token=•••&monkey=f',
    ],
    ['https://host:8080/a:b@c?x=y@z', 'https://host:8080/a:b@c?x=y@z'],
    ['is it ?key=1 or me:pw@host', 'is it ?key=1 or me:pw@host'],
  ];
  expect(cases.map(([given]) => redact({ deep: [given] }).deep[0])).toEqual(cases.map(([, reported]) => reported));
});

it('of settings only addresses are changed: a prompt that names one is kept as it is written', () => {
  const settings = { url: 'https://me:pw@host/v1', prompt: 'Look at https://host/x?token={{id}} first.' };
  expect(redactSettings(settings)).toEqual({ ...settings, url: 'https://me:•••@host/v1' });
});
