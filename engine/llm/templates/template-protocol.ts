/** What goes to a process that renders chat templates and comes from it: one JSON object a line. */
import type { Problem } from '../../../shared/errors.ts';
import type { ChatMessage, PromptPart } from '../../../shared/language-model.ts';
import type { RenderOptions } from '../../../methods/language/render-chat.ts';

export interface RenderJob {
  messages: readonly ChatMessage[];
  options: RenderOptions;
}
export interface RenderRequest {
  id: number;
  template: string;
  jobs: readonly RenderJob[];
  /** A prompt may have so many characters. */
  mostCharacters: number;
}
export type RenderReply =
  | { say: 'ready' }
  | { say: 'done'; id: number; prompts: PromptPart[][] }
  | { say: 'failed'; id: number; problem: Problem }
  /** The last words of a process that holds more than it may. */
  | { say: 'memory' };

/** What a process that renders may hold: a template that is honest takes some tens of megabytes. */
export const mostRenderMegabytes = 400;
