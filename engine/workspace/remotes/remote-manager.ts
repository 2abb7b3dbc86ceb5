/** The remotes of this workspace: added, tested, looked at, and the runs that are on them. */
import { join } from 'node:path';
import { fail } from '../../../shared/errors.ts';
import { readTargetPath } from '../../../shared/source/target-path.ts';
import type { JobResources, TargetRow, TargetSettings } from '../../../shared/targets.ts';
import { pause } from '../../remote/placement/read-event.ts';
import { cleanUp } from '../../remote/staging/clean-up.ts';
import { checkOptions, resourcesOf } from '../../remote/target-options.ts';
import { lookThere } from '../../remote/there/look-there.ts';
import type { RunRequest } from '../../run/run-request.ts';
import { keepListing, listingsFolder } from '../../sources/listings.ts';
import { freshState } from '../../store/placements/placed-state.ts';
import type { Store } from '../../store/store.ts';
import type { Placement } from '../../store/targets.ts';
import { makeConnections } from './connections.ts';
import type { RemoteManager, RemoteManagerOptions } from './remote-manager-types.ts';
import { sendRun, type Sending } from './send-run.ts';
import { testRemote } from './test-remote.ts';

const longestTidyMs = 3000;

export function makeRemoteManager(options: RemoteManagerOptions): RemoteManager {
  const { store, changes, now } = options;
  const connections = makeConnections(store, options.readSecrets);
  const tidying: Sending['tidying'] = new Set();
  const sending: Sending = { ...options, connections, tidying };
  const get = (name: string): TargetRow => rowOf(store, name);
  return {
    add: (settings) => {
      checkSettings(settings);
      store.targets.save(settings, now());
      changes.notify('targets');
      return get(settings.name);
    },
    list: () => store.targets.list(),
    get,
    remove: (name) => {
      get(name);
      refuseInUse(store, name);
      store.targets.remove(name);
      changes.notify('targets');
    },
    test: async (name) => {
      await testRemote(settingsOf(store, name), sending);
      return get(name);
    },
    load: (name) => connections.using(settingsOf(store, name), ({ open }) => open.queue.load()),
    files: (name, path) => listFiles(sending, name, path),
    clean: (name) => {
      const only = store.placements.list(500).flatMap((p) => (p.target === name && p.phase === 'ended' ? p.run : []));
      return connections.using(settingsOf(store, name), ({ open }) =>
        cleanUp(open.files, { olderThanDays: 0, keep: store.placements.open(), only }),
      );
    },
    place: (run, request, target, resources, onEvent, makeHere) => {
      const placement = newPlacement(run, settingsOf(store, target), { request, resources, createdMs: now() });
      store.placements.save(placement);
      return sendRun(sending, placement, onEvent, makeHere);
    },
    attach: (run, onEvent, makeHere) => {
      const placement = store.placements.get(run);
      return placement === undefined || placement.phase === 'ended'
        ? undefined
        : sendRun(sending, placement, onEvent, makeHere);
    },
    close: async () => {
      const enough = new AbortController();
      await Promise.race([Promise.all(tidying), pause(longestTidyMs, enough.signal)]);
      enough.abort();
      connections.close();
    },
  };
}

function rowOf(store: Store, name: string): TargetRow {
  const row = store.targets.get(name);
  if (row !== undefined) return row;
  const names = store.targets.list().map((t) => t.name);
  throw fail('target.unknown', {
    message: `There is no remote "${name}".`,
    mend: names.length === 0 ? 'Add one: flowyard remotes add.' : `There are ${names.join(', ')}.`,
  });
}

function settingsOf(store: Store, name: string): TargetSettings {
  const { host_key: _, facts: __, findings: ___, tested_ms: ____, created_ms: _____, ...settings } = rowOf(store, name);
  return settings;
}

const newPlacement = (
  run: string,
  settings: TargetSettings,
  { request, resources, createdMs }: { request: RunRequest; resources: JobResources; createdMs: number },
): Placement => ({
  run,
  settings,
  phase: 'staging',
  words: '',
  request: JSON.parse(JSON.stringify(request)),
  state: freshState({ ...resourcesOf(settings), ...resources }),
  sentBytes: 0,
  fetchedBytes: 0,
  createdMs,
  submittedMs: null,
  endedMs: null,
});

async function listFiles(
  { store, artifacts, changes, installation, connections }: Sending,
  name: string,
  path: string,
) {
  const at = `${name}:${path}`;
  const there = [{ name: at, path: at, endings: ['.parquet', '.pq'] }];
  const settings = settingsOf(store, name);
  if (readTargetPath(at) === undefined)
    throw fail('file.not-absolute', {
      message: `"${path}" is no path that begins with "/".`,
      mend: 'Give the whole path on the remote.',
    });
  const listings = await connections.using(settings, ({ open }) =>
    lookThere(open, there, { kinds: ['read.parquet'], installation }),
  );
  for (const listing of listings) await keepListing(join(artifacts.folder, listingsFolder), listing);
  changes.notify('files');
  const files = listings.flatMap((listing) => listing.files);
  return {
    files: files.length,
    bytes: files.reduce((sum, file) => sum + file.bytes, 0),
    first: files[0]?.place ?? '',
  };
}

function refuseInUse(store: Store, name: string): void {
  const living = store.placements.open().filter((run) => store.placements.get(run)?.settings.name === name);
  if (living.length > 0)
    throw fail('target.in-use', {
      message: `${living.length === 1 ? 'A run is' : `${living.length} runs are`} on "${name}".`,
      mend: living.length === 1 ? 'Cancel it, or wait for its end.' : 'Cancel them, or wait for their end.',
    });
}

function checkSettings(settings: TargetSettings): void {
  const wants = { local: null, ssh: 'host', slurm: 'host', ray: 'url', kubernetes: null } as const;
  const wanted = wants[settings.kind];
  if (wanted !== null && settings[wanted] === undefined)
    throw fail('target.incomplete', {
      message: `A remote of the kind "${settings.kind}" needs --${wanted}.`,
      mend: `Give it with --${wanted}.`,
    });
  checkOptions(settings);
}
