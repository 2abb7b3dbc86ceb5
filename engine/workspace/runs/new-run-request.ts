/** What a window asks for when it begins a run. */
import type { RunRequest } from '../../run/run-request.ts';
import type { Json } from '../../store/json-columns.ts';

export interface NewRunRequest extends Pick<
  RunRequest,
  'file' | 'sweep' | 'to' | 'ignoreCache' | 'granted' | 'partitions' | 'limits'
> {
  /** Path in the workspace; null: never saved. */
  path: string | null;
  /** What the host calls the open pipeline. */
  draft?: string | undefined;
  /** Where relative paths of the file begin, when that is not its place in the workspace. Absolute. */
  absolutePath?: string;
  parameters: Readonly<Record<string, Json>>;
  /** Default: all. */
  threads?: number | undefined;
  /** The name of a target; default: this machine. */
  target?: string | undefined;
  /** Services that it declares may get another model than the one that has their name. */
  replaceServices?: boolean | undefined;
}
