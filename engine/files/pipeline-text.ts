/** The text of a pipeline file; what is far too large to be one, or no file at all, is not read. */
import { fail } from '../../shared/errors.ts';
import { longestPipeline, tooLong } from '../../shared/pipeline/parse.ts';
import { readGiven } from './given-file.ts';

/** @param name what a person calls it @throws `pipeline.not-a-file`, `pipeline.too-large` */
export async function readPipelineText(path: string, name: string): Promise<string> {
  const bytes = await readGiven(path, {
    name,
    mostBytes: longestPipeline,
    tooLarge: () => tooLong(name),
    noFile: (kind) =>
      fail('pipeline.not-a-file', {
        message: `"${name}" is ${kind}, not a file.`,
        mend: kind === 'a folder' ? 'Name the pipeline file in it.' : 'Name a pipeline file.',
      }),
  });
  return bytes.toString('utf8');
}
