/** What a window asks for when it begins a run. */
import type { PipelineFile } from '../../../shared/pipeline/file.ts';
import type { RunLimits } from '../../../shared/run/run-limits.ts';
import type { RunRequest } from '../../run/run-request.ts';
import type { Json } from '../../store/json-columns.ts';

export interface NewRunRequest extends Pick<RunRequest, 'sweep' | 'to' | 'ignoreCache' | 'granted'> {
  /** Path in the workspace; null: never saved. */
  path: string | null;
  /** What the host calls the open pipeline. */
  draft?: string | undefined;
  /** Where relative paths of the file begin, when that is not its place in the workspace. Absolute. */
  absolutePath?: string;
  file: PipelineFile;
  parameters: Readonly<Record<string, Json>>;
  /** Default: all. */
  threads?: number | undefined;
  /** The name of a target; default: this machine. */
  target?: string | undefined;
  /** Parts of rows that lie in several files; default: as the memory asks for. */
  partitions?: number | undefined;
  limits?: RunLimits | undefined;
  /** Services that it declares may get another model than the one that has their name. */
  replaceServices?: boolean | undefined;
}
