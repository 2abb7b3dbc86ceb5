/** What lies on a remote is looked at there, by the engine: which files a pattern names, how large they are, what columns they have. */
import { fail, failWith, type Problem } from '../../../shared/errors.ts';
import { readTargetPath } from '../../../shared/source/target-path.ts';
import * as z from 'zod';
import { fileListing, type FileListing } from '../../sources/listings.ts';
import { ensureRuntime, type Installation } from '../staging/bundle.ts';
import type { Sending } from '../staging/files.ts';
import { listMark, type ListRequest } from './listing-call.ts';
import type { OpenTarget } from '../open-target.ts';
import { quote } from '../shell/shell.ts';

export async function lookThere(
  { files, settings, probe }: OpenTarget,
  there: ListRequest,
  options: { kinds: readonly string[]; installation: Installation; sending?: Sending },
): Promise<FileListing[]> {
  const other = there.find(({ path }) => readTargetPath(path)?.target !== settings.name);
  if (other !== undefined)
    throw fail('file.on-other-target', {
      message: `"${other.path}" lies on another remote than "${settings.name}", to which this run goes.`,
      mend: `Run it on "${readTargetPath(other.path)?.target ?? ''}".`,
    });
  const { system } = await probe();
  const { folder, node } = await ensureRuntime(files, system, options.kinds, options.installation, options.sending);
  const binary = node.includes('/') ? `"$ROOT"/${node}` : node;
  const out = await files.must(
    'looking at the files',
    `printf %s ${quote(JSON.stringify(there))} | ${binary} "$ROOT"/${folder}/engine.js "$ROOT" list`,
    options.sending?.signal === undefined ? {} : { signal: options.sending.signal },
  );
  const said = out.toString();
  const at = said.lastIndexOf(listMark);
  const answer = answers.parse(JSON.parse(at < 0 ? '{}' : said.slice(at + listMark.length)));
  if ('problem' in answer) throw failWith(answer.problem);
  return answer;
}

const answers = z.union([
  z.array(fileListing),
  z.object({ problem: z.custom<Problem>((value) => typeof value === 'object') }),
]);
