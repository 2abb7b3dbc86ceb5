/** Pipelines that windows have open: one state for all windows that show it, kept by the host from step to step. */
import * as z from 'zod';
import { pipelineChange } from '../../pipeline/changes.ts';
import { pipelineFile } from '../../pipeline/file.ts';
import { call, subscribe } from './call.ts';

const none = z.object({});

/** What an open pipeline is beside its content. */
export const aboutOpen = z.object({
  /** What the host calls it: another name than the window's where another window had opened the same file first. */
  hostDraft: z.string(),
  /** Relative to the workspace; null: never saved. */
  path: z.string().nullable(),
  /** The file on disk that it is based on; null: none. */
  baseHash: z.string().nullable(),
  trusted: z.boolean(),
  /** How many windows show it, the asking one included. */
  windows: z.int(),
  /** The run that one of them began last; null: none did. */
  run: z.string().nullable(),
});
export type AboutOpen = z.output<typeof aboutOpen>;

const whole = z.object({
  t: z.literal('whole'),
  rev: z.int(),
  file: pipelineFile,
  /** The number of the last edit of the asking window that is in it. */
  seq: z.int(),
  saved: pipelineFile.nullable(),
  about: aboutOpen,
});
/** In the place of a window: another program wrote the file, in which nothing was unsaved. */
export const fromDisk = 'disk';

/** Where an edit stands in the place of what another window set at the same time: that window offers its own. */
const place = z.array(z.string());

export const openItem = z.discriminatedUnion('t', [
  whole,
  z.object({
    t: z.literal('edit'),
    rev: z.int(),
    window: z.string(),
    changes: z.array(pipelineChange),
    over: z.array(place).optional(),
  }),
  z.object({ t: z.literal('about'), about: aboutOpen }),
  /** What stands on disk now, or was read from there; null: not known. */
  z.object({ t: z.literal('saved'), saved: pipelineFile.nullable(), about: aboutOpen }),
]);
export type OpenItem = z.output<typeof openItem>;

export const openPipelineRoutes = {
  /**
   * A window shows a pipeline for as long as it reads this. First comes the whole state, then each edit of any window. The state that
   * the window has is where it begins when the host has none.
   */
  'pipelines.follow': subscribe(
    z.object({
      draft: z.string(),
      /** What the host called it last. */
      hostDraft: z.string().optional(),
      window: z.string(),
      path: z.string().nullable(),
      baseHash: z.string().nullable(),
      trusted: z.boolean(),
      file: pipelineFile,
      saved: pipelineFile.nullable(),
    }),
    openItem,
  ),
  /**
   * Taken only when the window has seen all edits before it (`rev`); else it sees those first, does its own anew on them and asks again.
   * Once taken it is on the disk. `seq` counts the window's own edits.
   */
  'pipelines.edit': call(
    z.object({
      draft: z.string(),
      window: z.string(),
      seq: z.int().min(1),
      rev: z.int().min(0),
      changes: z.array(pipelineChange),
      over: z.array(place).optional(),
    }),
    z.object({ taken: z.boolean(), rev: z.int() }),
  ),
  /** The window has what stands on disk: that is what its work is compared with from now on. */
  'pipelines.based': call(
    z.object({ draft: z.string(), hash: z.string(), trusted: z.boolean(), file: pipelineFile }),
    none,
  ),
  /** Gives unsaved work up, unless another window shows it. It can be taken back for a while. */
  'pipelines.discard': call(z.object({ draft: z.string(), window: z.string() }), z.object({ discarded: z.boolean() })),
  'pipelines.takeBack': call(z.object({ draft: z.string() }), none),
  /** What is open in a window, and what was left unsaved by one that is gone. */
  'pipelines.drafts': call(
    none,
    z.array(
      z.object({
        draft: z.string(),
        path: z.string().nullable(),
        title: z.string(),
        time_ms: z.number(),
        file: pipelineFile,
        saved: pipelineFile.nullable(),
        savedHash: z.string().nullable(),
        /** In which it is open now. 0: it was left. */
        windows: z.int(),
      }),
    ),
  ),
};
