/** What a task may do with files: the folders that it reads, the images that it takes in, and rows that it computed itself. */
import { randomBytes } from 'node:crypto';
import { rm, writeFile } from 'node:fs/promises';
import { basename, join } from 'node:path';
import type { TaskContext } from '../../../shared/capabilities.ts';
import { id, join as joinSql, raw, sql, type SqlValue } from '../../../shared/sql.ts';
import type { SourceFolder } from '../../../shared/source/source-folder.ts';
import type { Instance } from '../../plan/plan.ts';
import { FolderVersions } from '../../sources/source-folder.ts';
import { keptFilesList } from '../../files/kept-files.ts';
import { withOwnAnswers } from './late-service.ts';
import type { ResultServices } from '../results/results.ts';

export interface TaskFiles extends Pick<TaskContext<unknown>, 'file' | 'folder' | 'images' | 'sounds' | 'stage'> {
  /** Files kept by content that the result names: they stay as long as it does. */
  name: (hashes: readonly string[]) => void;
  /** Writes the list of kept files into the result's folder. */
  seal: (folder: string) => Promise<void>;
  /** The result is stored: the folders that it was made of are the versions that the next run is compared with. */
  settle: () => Promise<void>;
}

export function taskFiles(
  services: Pick<ResultServices, 'store' | 'run' | 'images' | 'sounds'>,
  instance: Instance,
): TaskFiles {
  const versions = new FolderVersions(services.store.folder);
  const named = new Set<string>();
  const staged: string[] = [];
  const sources = instance.sources.flatMap((s) => (s.folder === undefined ? [] : [{ ...s, folder: s.folder }]));
  return {
    file: (param) => {
      const source = instance.sources.find((s) => s.param === param && s.folder === undefined);
      if (source === undefined) throw new Error(`the parameter ${param} names no file`);
      return source.path;
    },
    folder: async (param): Promise<SourceFolder> => {
      const source = sources.find((s) => s.param === param);
      if (source === undefined) throw new Error(`the parameter ${param} names no folder`);
      const name = String(instance.node.params[param]) || basename(source.path);
      return { ...source.folder, name, before: await versions.read(source.path) };
    },
    images: withOwnAnswers(services.images, {
      keep: async (files, watch) => {
        const found = await services.images.keep(files, watch);
        files.forEach((file, i) => {
          const one = found[i];
          if (one !== undefined && !('fault' in one)) named.add(file.sha256);
        });
        return found;
      },
      keepFrames: async (file, settings, signal) => {
        const frames = await services.images.keepFrames(file, settings, signal);
        if (!('says' in frames)) for (const frame of frames) named.add(frame.sha256);
        return frames;
      },
    }),
    sounds: withOwnAnswers(services.sounds, {
      keep: async (files, watch) => {
        const found = await services.sounds.keep(files, watch);
        files.forEach((file, i) => {
          const one = found[i];
          if (one !== undefined && !('says' in one)) named.add(file.sha256);
        });
        return found;
      },
    }),
    stage: async (columns, rows) => {
      const place = join(await services.store.scratch(services.run), `${randomBytes(8).toString('hex')}.json`);
      staged.push(place);
      const text = rows.map((row) => JSON.stringify(row.map(plainText))).join('\n');
      await writeFile(place, text);
      // Each line is one array of texts: cast by us, guessed by nobody.
      const cells = columns.map((c, i) => sql`CAST(json ->> ${i} AS ${raw(c.type)}) AS ${id(c.name)}`);
      const lines = sql`read_json_objects(${place}, format = 'newline_delimited', maximum_object_size = 67108864)`;
      return rows.length === 0
        ? sql`(SELECT ${joinSql(columns.map((c) => sql`CAST(NULL AS ${raw(c.type)}) AS ${id(c.name)}`))} WHERE false)`
        : sql`(SELECT ${joinSql(cells)} FROM ${lines})`;
    },
    name: (hashes) => {
      for (const hash of hashes) named.add(hash);
    },
    seal: async (folder) => {
      if (named.size > 0) await writeFile(join(folder, keptFilesList), `${[...named].sort().join('\n')}\n`);
      for (const place of staged) await rm(place, { force: true });
    },
    settle: async () => {
      for (const source of sources) await versions.write(source.path, source.folder.files);
    },
  };
}

const plainText = (value: SqlValue): string | null => (value === null ? null : String(value));
