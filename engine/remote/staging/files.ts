/**
 * Files on a remote: what is there is asked in one call, what is missing goes up once, results come back by key. Everything is written under another name and
 * renamed, so a cut connection leaves nothing half done under a name that counts.
 *
 * Below the remote's root: `blobs/<2>/<sha256>` (files of pipelines, parts of the runtime), `cache/store/<2>/<key>/` (results, as at home),
 * `cache/files/<2>/<sha256>`, `runtime/<set>/`, `runs/<run>/`.
 */
import { createHash, randomBytes } from 'node:crypto';
import { closeSync, createReadStream, mkdirSync, openSync, writeSync } from 'node:fs';
import { readFile, rename, stat } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { fail } from '../../../shared/errors.ts';
import { madeElsewhere } from '../../run/effects.ts';
import { artifactManifest, type Artifact, type ArtifactStore } from '../../store/artifacts/artifact-store.ts';
import { quote, type RemoteShell, type ShellResult } from '../shell/shell.ts';
import { archiveScript, readTar, writeTar, type TarEntry } from './tar.ts';
import { beginPart } from './begin-part.ts';

export interface Blob {
  sha256: string;
  bytes: number;
  /** Its place on this machine. */
  from: string;
  /** For progress and messages. */
  name: string;
}
export interface Sending {
  onProgress?: (sentBytes: number, name: string) => void;
  signal?: AbortSignal;
}

export class RemoteFiles {
  readonly #shell: RemoteShell;
  readonly #root: string;
  /** Names the unfinished files of this sender. */
  readonly #sender = randomBytes(4).toString('hex');
  /** What this session sent and fetched. */
  sentBytes = 0;
  fetchedBytes = 0;

  /** @param root as the remote's shell writes it: may begin with `$HOME` */
  constructor(shell: RemoteShell, root: string) {
    this.#shell = shell;
    this.#root = root;
  }

  /** Runs a script in the root. */
  async run(script: string, options: Parameters<RemoteShell['exec']>[1] = {}): Promise<ShellResult> {
    return this.#shell.exec(
      `umask 077\nROOT=${rootWord(this.#root)}\nexport ROOT\nmkdir -p "$ROOT" && cd "$ROOT" || exit 97\n${script}`,
      options,
    );
  }

  async must(what: string, script: string, options: Parameters<RemoteShell['exec']>[1] = {}): Promise<Buffer> {
    const result = await this.run(script, options);
    if (result.code === 0) return result.out;
    throw remoteFailure(what, result);
  }

  /** Of these files (path below the root, and size) those that are not there whole. */
  async missing(files: readonly { path: string; bytes: number }[]): Promise<Set<string>> {
    if (files.length === 0) return new Set();
    const input = Buffer.from(files.map((f) => `${f.bytes} ${f.path}\n`).join(''));
    // The size is compared too: a file that was cut off is sent again.
    const out = await this.must(
      'what is missing',
      'while read -r b p; do s=$(wc -c <"$p" 2>/dev/null) || s=-1; [ "$((s))" = "$b" ] || echo "$p"; done',
      { input },
    );
    this.sentBytes += input.length;
    return new Set(
      out
        .toString()
        .split('\n')
        .filter((line) => line !== ''),
    );
  }

  /** Of these results, those that are there. */
  async presentArtifacts(keys: readonly string[]): Promise<Set<string>> {
    if (keys.length === 0) return new Set();
    const out = await this.must(
      'what is there',
      'while read -r k; do d=cache/store/$(printf %.2s "$k"); [ -s "$d/$k/manifest.json" ] && echo "$k"; done; true',
      { input: Buffer.from(keys.map((key) => `${key}\n`).join('')) },
    );
    return new Set(
      out
        .toString()
        .split('\n')
        .filter((line) => line !== ''),
    );
  }

  /** Of these files, by content, those that are not there. */
  async missingBlobs(blobs: readonly Pick<Blob, 'sha256' | 'bytes'>[]): Promise<Set<string>> {
    const missing = await this.missing(blobs.map(({ sha256, bytes }) => ({ path: blobPath(sha256), bytes })));
    return new Set(blobs.flatMap(({ sha256 }) => (missing.has(blobPath(sha256)) ? sha256 : [])));
  }

  /** Sends what is missing of these. Returns how many bytes went. */
  async putBlobs(blobs: readonly Blob[], sending: Sending = {}): Promise<number> {
    const byHash = new Map(blobs.map((blob) => [blob.sha256, blob]));
    const missing = await this.missing([...byHash.values()].map((b) => ({ path: blobPath(b.sha256), bytes: b.bytes })));
    const wanted = [...byHash.values()].filter((b) => missing.has(blobPath(b.sha256)));
    const small = wanted.filter((b) => b.bytes < smallBytes);
    for (const group of inGroups(small, Math.min(this.#shell.maxInputBytes / 2, 32 << 20)))
      await this.#putTar(
        group.map((b) => ({ name: blobPath(b.sha256), from: b.from })),
        group,
        sending,
      );
    for (const blob of wanted) if (blob.bytes >= smallBytes) await this.#putLarge(blob, sending);
    return wanted.reduce((sum, b) => sum + b.bytes, 0);
  }

  async #putTar(entries: readonly TarEntry[], blobs: readonly Blob[], { onProgress, signal }: Sending): Promise<void> {
    const sums = blobs.map((b) => `${b.sha256}  ${blobPath(b.sha256)}\n`).join('');
    const all: TarEntry[] = [...entries, { name: 'SUMS', from: Buffer.from(sums) }];
    const tmp = `tmp/${randomBytes(6).toString('hex')}`;
    await this.must(
      'sending files',
      `${shaTool}
mkdir -p ${tmp} && tar -xf - -C ${tmp} || { rm -rf ${tmp}; exit 95; }
(cd ${tmp} && $SHA -c SUMS >/dev/null) || { rm -rf ${tmp}; exit 96; }
while read -r h p; do mkdir -p "$(dirname "$p")" && mv -f ${tmp}/"$p" "$p" || exit 95; done <${tmp}/SUMS
rm -rf ${tmp}`,
      { input: writeTar(all), ...withSignal(signal) },
    );
    for (const blob of blobs) {
      this.sentBytes += blob.bytes;
      onProgress?.(blob.bytes, blob.name);
    }
  }

  /** One large file, from where an earlier try was cut off. Others may send the same one meanwhile: each writes a file of its own. */
  async #putLarge(blob: Blob, { onProgress, signal }: Sending): Promise<void> {
    const path = blobPath(blob.sha256);
    const part = `${path}.${this.#sender}.part`;
    let at = await beginPart(this, { path, part, bytes: blob.bytes });
    while (at < blob.bytes) {
      const end = Math.min(blob.bytes, at + Math.min(this.#shell.maxInputBytes, 1 << 30));
      const stream = createReadStream(blob.from, { start: at, end: end - 1, highWaterMark: 1 << 20 });
      await this.must(
        `sending ${blob.name}`,
        // What an earlier try wrote beyond is cut: two tries never mix.
        `[ ${at} -gt 0 ] || : >${part}\n[ "$(( $(wc -c <${part}) ))" = ${at} ] || exit 94\ncat >>${part} || { echo "$(df -k . | tail -1)" >&2; exit 95; }`,
        { input: this.#counted(stream, blob.name, onProgress), ...withSignal(signal) },
      );
      at = end;
    }
    await this.must(
      `sending ${blob.name}`,
      `${shaTool}\nset -- $($SHA <${part})\n[ "$1" = ${blob.sha256} ] || { rm -f ${part}; exit 96; }\nmv -f ${part} ${path}`,
    );
  }

  async *#counted(
    stream: AsyncIterable<Buffer>,
    name: string,
    onProgress: Sending['onProgress'],
  ): AsyncIterable<Uint8Array> {
    for await (const chunk of stream) {
      yield chunk;
      this.sentBytes += chunk.length;
      onProgress?.(chunk.length, name);
    }
  }

  /** Sends results of this machine that the remote lacks. */
  async putArtifacts(artifacts: readonly Artifact[], keptFolder: string, sending: Sending = {}): Promise<number> {
    const missing = await this.missing(
      await Promise.all(
        artifacts.map(async (a) => ({
          path: `${artifactPath(a.key)}/manifest.json`,
          bytes: (await stat(a.file('manifest.json'))).size,
        })),
      ),
    );
    const absent = artifacts.filter((a) => missing.has(`${artifactPath(a.key)}/manifest.json`));
    await this.#putKeptFiles(absent, keptFolder, sending);
    let sent = 0;
    for (const group of inGroups(absent, this.#shell.maxInputBytes / 2)) {
      await this.#putArtifactGroup(group, sending);
      sent += group.reduce((sum, a) => sum + a.bytes, 0);
    }
    return sent;
  }

  async #putArtifactGroup(group: readonly Artifact[], { onProgress, signal }: Sending): Promise<void> {
    const tmp = `tmp/${randomBytes(6).toString('hex')}`;
    const entries = group.flatMap((a): TarEntry[] => [
      ...a.manifest.files.map((f) => ({ name: `${a.key}/${f.path}`, from: a.file(f.path) })),
      { name: `${a.key}/manifest.json`, from: a.file('manifest.json') },
    ]);
    const sums = group.flatMap((a) => a.manifest.files.map((f) => `${f.sha256}  ${a.key}/${f.path}\n`)).join('');
    await this.must(
      'sending results',
      `${shaTool}
mkdir -p ${tmp} && tar -xf - -C ${tmp} || { rm -rf ${tmp}; exit 95; }
(cd ${tmp} && $SHA -c SUMS >/dev/null) || { rm -rf ${tmp}; exit 96; }
rm ${tmp}/SUMS
for k in ${group.map((a) => a.key).join(' ')}; do
  d=cache/store/$(printf %.2s "$k"); mkdir -p "$d"; [ -e "$d/$k" ] || mv ${tmp}/$k "$d/$k" || exit 95
done
rm -rf ${tmp}`,
      { input: writeTar([...entries, { name: 'SUMS', from: Buffer.from(sums) }]), ...withSignal(signal) },
    );
    for (const a of group) {
      this.sentBytes += a.bytes;
      onProgress?.(a.bytes, a.manifest.node ?? a.manifest.kind);
    }
  }

  /** Files that results name by content: images of a data set. */
  async #putKeptFiles(artifacts: readonly Artifact[], keptFolder: string, sending: Sending): Promise<void> {
    const names = new Set<string>();
    for (const a of artifacts)
      if (a.manifest.files.some((f) => f.path === keptList))
        for (const line of (await readFile(a.file(keptList), 'utf8')).split('\n')) if (line !== '') names.add(line);
    if (names.size === 0) return;
    const all = await Promise.all(
      [...names].map(async (sha256) => {
        const from = join(keptFolder, sha256.slice(0, 2), sha256);
        return { from, sha256, path: `cache/files/${sha256.slice(0, 2)}/${sha256}`, bytes: (await stat(from)).size };
      }),
    );
    const missing = await this.missing(all);
    for (const group of inGroups(
      all.filter((f) => missing.has(f.path)),
      Math.min(this.#shell.maxInputBytes / 2, 64 << 20),
    )) {
      const folders = [...new Set(group.map((f) => dirname(f.path)))].join(' ');
      await this.must('sending files', `mkdir -p ${folders} && tar -xf -`, {
        input: writeTar(group.map((f) => ({ name: f.path, from: f.from }))),
        ...withSignal(sending.signal),
      });
      this.sentBytes += group.reduce((sum, f) => sum + f.bytes, 0);
    }
  }

  async putFiles(entries: readonly TarEntry[], signal?: AbortSignal): Promise<void> {
    const folders = [...new Set(entries.map((e) => dirname(e.name)))].map(quote).join(' ');
    await this.must('sending the run', `mkdir -p ${folders} && tar -xf -`, {
      input: writeTar(entries),
      ...withSignal(signal),
    });
    for (const e of entries) this.sentBytes += typeof e.from === 'string' ? (await stat(e.from)).size : e.from.length;
  }

  /** Brings results home by key: each is checked by its manifest's hashes and enters the store as if it was made here. */
  async fetchArtifacts(
    keys: readonly string[],
    store: ArtifactStore,
    run: string,
    signal?: AbortSignal,
  ): Promise<string[]> {
    const wanted = [...new Set(keys)].filter((key) => store.find(key) === undefined);
    if (wanted.length === 0) return [];
    const into = join(await store.scratch(run), `fetched-${randomBytes(4).toString('hex')}`);
    await this.#fetchInto(
      into,
      'cache/store',
      wanted.map((key) => `${key.slice(0, 2)}/${key}`),
      signal,
    );
    for (const key of wanted) await takeIn(join(into, key.slice(0, 2), key), key, store, run);
    const kept = new Set<string>();
    for (const key of wanted) {
      const artifact = store.find(key);
      if (artifact?.manifest.files.some((f) => f.path === keptList))
        for (const line of (await readFile(artifact.file(keptList), 'utf8')).split('\n'))
          if (line !== '') kept.add(line);
    }
    if (kept.size > 0)
      await this.#fetchInto(
        join(store.folder, 'files'),
        'cache/files',
        [...kept].map((h) => `${h.slice(0, 2)}/${h}`),
        signal,
      );
    return wanted;
  }

  async #fetchInto(into: string, folder: string, paths: readonly string[], signal?: AbortSignal): Promise<void> {
    const reader = readTar((name, bytes) => {
      const place = join(into, ...name.split('/').filter((part) => part !== '' && part !== '.' && part !== '..'));
      mkdirSync(dirname(place), { recursive: true });
      const file = openSync(place, 'w');
      this.fetchedBytes += bytes;
      return { write: (chunk) => void writeSync(file, chunk), end: () => closeSync(file) };
    });
    await this.must('fetching results', archiveScript(folder), {
      input: Buffer.from(paths.join('\n')),
      onOutput: (chunk) => reader.take(chunk),
      ...withSignal(signal),
    });
    if (!reader.isWhole())
      throw fail('target.unreachable', { message: 'The results came only in part.', mend: 'They are fetched again.' });
  }
}

/** A fetched folder becomes a result of this store; what does not match its own manifest is refused. */
async function takeIn(folder: string, key: string, store: ArtifactStore, run: string): Promise<void> {
  const manifest = artifactManifest.parse(JSON.parse(await readFile(join(folder, 'manifest.json'), 'utf8')));
  const draft = await store.begin(key, run);
  try {
    for (const file of manifest.files) {
      const place = join(draft.folder, file.path);
      mkdirSync(dirname(place), { recursive: true });
      const hash = createHash('sha256');
      for await (const chunk of createReadStream(join(folder, file.path), { highWaterMark: 1 << 20 }))
        hash.update(chunk);
      if (hash.digest('hex') !== file.sha256)
        throw fail('target.damaged-result', {
          message: `The result ${key} did not come whole: "${file.path}" has other bytes than were written there.`,
          mend: 'Run again.',
        });
      await rename(join(folder, file.path), place);
    }
    const { kind, node, ports, ms, inputs, recomputable } = manifest;
    await draft.commit({
      kind,
      ...(node === undefined ? {} : { node }),
      ports: madeElsewhere(ports),
      ms,
      inputs,
      recomputable,
    });
  } catch (error) {
    await draft.discard();
    throw error;
  }
}

export const blobPath = (sha256: string): string => `blobs/${sha256.slice(0, 2)}/${sha256}`;
export const artifactPath = (key: string): string => `cache/store/${key.slice(0, 2)}/${key}`;
const keptList = 'kept-files.txt';
const smallBytes = 1 << 20;
const withSignal = (signal: AbortSignal | undefined): { signal?: AbortSignal } =>
  signal === undefined ? {} : { signal };
/** Linux has one, macOS the other. */
const shaTool = 'if command -v sha256sum >/dev/null; then SHA=sha256sum; else SHA="shasum -a 256"; fi';

/** The root as a word of the shell: `~` and `$HOME` are the remote's, all else is text. */
export const rootWord = (root: string): string => {
  const rest = /^(?:~|\$HOME)(\/.*)?$/.exec(root);
  return rest === null ? quote(root) : `"$HOME"${quote(rest[1] ?? '')}`;
};

function* inGroups<T extends { bytes: number }>(all: readonly T[], limit: number): Iterable<T[]> {
  let group: T[] = [];
  let bytes = 0;
  for (const one of all) {
    if (group.length > 0 && bytes + one.bytes > limit) {
      yield group;
      group = [];
      bytes = 0;
    }
    group.push(one);
    bytes += one.bytes;
  }
  if (group.length > 0) yield group;
}

export function remoteFailure(what: string, { code, err }: ShellResult): Error {
  const said = err.trim().slice(-600);
  // 94: another run, or somebody's clean-up, took away what lay there half done.
  if (code === null || code === 94)
    return fail('target.unreachable', {
      message: `${code === null ? 'The connection broke' : 'What was sent is not there any more'} (${what}).`,
      mend: 'It is tried again.',
    });
  if (/No space left|Disk quota exceeded/i.test(said) || code === 95)
    return fail('target.disk-full', {
      message: `The remote has no room for more, or its folder cannot be written (${what}${said === '' ? '' : `: ${said}`}).`,
      mend: 'Free space there, or choose another folder with --option root=….',
    });
  if (code === 96)
    return fail('target.damaged', {
      message: `What arrived has other bytes than were sent (${what}).`,
      mend: 'It is sent again.',
    });
  if (code === 97)
    return fail('target.no-root', {
      message: `The remote's folder cannot be made or entered (${said}).`,
      mend: 'Choose another with --option root=….',
    });
  return fail('target.failed', {
    message: `The remote refused: ${what} (code ${code}${said === '' ? '' : `, ${said}`}).`,
    mend: 'Test the remote.',
  });
}
