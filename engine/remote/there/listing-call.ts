/** How the engine on a remote is asked which files lie there, and how its answer is told from what a login shell may say. */
import * as z from 'zod';

export const listRequest = z.array(z.object({ name: z.string(), path: z.string(), endings: z.array(z.string()) }));
export type ListRequest = z.output<typeof listRequest>;
export const listMark = '@fy-files ';
