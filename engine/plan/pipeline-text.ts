/** The text of a pipeline file; what is far too large to be one is not read at all. */
import { readFile, stat } from 'node:fs/promises';
import { longestPipeline, tooLong } from '../../shared/pipeline/parse.ts';

/** @param name what a person calls it */
export async function readPipelineText(path: string, name: string): Promise<string> {
  const { size } = await stat(path);
  if (size > longestPipeline) throw tooLong(name);
  return readFile(path, 'utf8');
}
