/** `flowyard examples`: the pipelines that come with Flowyard, to look at and to start from. */
import { mkdir, stat } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { listExamples, readExample } from '../../engine/workspace/pipeline-files.ts';
import { openWrittenPlace } from '../../engine/files/written-place.ts';
import { fail } from '../../shared/errors.ts';
import { formatPipeline } from '../../shared/pipeline/parse.ts';
import { resourcesFolder } from '../run-environment.ts';
import { printJson, printLines, printTable } from '../print-table.ts';
import { commonOptions, type Command } from './command.ts';

const folder = join(resourcesFolder, 'examples');

export const examples: Command = {
  name: 'examples',
  usage: 'examples [ID]',
  about: 'Lists the examples; with --to copies one.',
  options: {
    to: { type: 'string', value: 'DIR', about: 'Copies the example ID into this folder.' },
    json: commonOptions['json'] ?? { type: 'boolean', about: '' },
  },
  run: async (input) => {
    const json = input.flag('json');
    const [id] = input.positionals;
    const all = await listExamples(folder);
    if (id === undefined) {
      if (json) all.forEach(printJson);
      else
        printTable(
          ['ID', 'NODES', 'TITLE'],
          all.map((e) => [e.id, String(e.nodes), e.title]),
        );
      return 0;
    }
    const { file } = await readExample(folder, id).catch((cause: unknown) => {
      throw fail(
        'example.unknown',
        { message: `There is no example "${id}".`, mend: `There are ${all.map((e) => e.id).join(', ')}.` },
        { cause },
      );
    });
    const to = input.text('to');
    if (to === undefined) {
      const about = all.find((e) => e.id === id);
      if (json) printJson({ ...(about ?? { id, title: file.title }), file });
      else printLines([file.title, file.description ?? '', '', `Copy it with: flowyard examples ${id} --to .`]);
      return 0;
    }
    const path = join(resolve(to), `${id}.pipeline.json`);
    if ((await stat(path).catch(() => undefined)) !== undefined)
      throw fail('example.file-exists', {
        message: `There is a file ${path} already.`,
        mend: 'Choose another folder, or move the file away.',
      });
    await mkdir(resolve(to), { recursive: true });
    await using place = await openWrittenPlace(resolve(to), `${id}.pipeline.json`, { permission: 'pipeline-file' });
    await place.put({ bytes: formatPipeline(file) }, false);
    if (json) printJson({ type: 'copied', id, path });
    else printLines([`Copied to ${path}`, `Run it with: flowyard run ${path}`]);
    return 0;
  },
};
