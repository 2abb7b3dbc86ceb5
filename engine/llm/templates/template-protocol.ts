/** What goes to a process that renders chat templates and comes from it: one JSON object a line. */
import type { Problem } from '../../../shared/errors.ts';
import type { PromptPart, RenderJob } from '../../../shared/language/language-model.ts';

export interface RenderRequest {
  id: number;
  template: string;
  jobs: readonly RenderJob[];
  /** A prompt may have so many characters. */
  mostCharacters: number;
  /** Of computing, in milliseconds: a busy machine makes nobody slow by that. */
  mostMs: number;
}
export type RenderReply =
  | { say: 'ready' }
  | { say: 'done'; id: number; prompts: PromptPart[][] }
  | { say: 'failed'; id: number; problem: Problem }
  /** The last words of a process that takes more than it may. */
  | { say: 'memory' }
  | { say: 'time' };

/** What a process that renders may hold: a template that is honest takes some tens of megabytes. */
export const mostRenderMegabytes = 400;
