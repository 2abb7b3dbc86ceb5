import { task, type TaskContext } from '../../../shared/capabilities.ts';
import { fail, toProblem } from '../../../shared/errors.ts';
import { leftOutTable, mostListed } from '../../../shared/source/folder-report.ts';
import { sayChanges, whatChanged } from '../../../shared/source/folder-changes.ts';
import type { Report } from '../../../shared/report.ts';
import type { SourceFolder, SourceFolderFile } from '../../../shared/source/source-folder.ts';
import type { ParamsOf } from '../../../shared/kind/define-spec.ts';
import { sql, type SqlValue } from '../../../shared/sql.ts';
import { documentEndings, type ReadDocument } from '../../../shared/media/text-service.ts';
import { plainWords } from '../../../methods/text/text-shape.ts';
import { bundled, documentColumns, spec } from './spec.ts';

type Context = TaskContext<ParamsOf<typeof spec>>;
interface Found {
  file: SourceFolderFile;
  document: ReadDocument;
}
interface Fault {
  name: string;
  says: string;
}

export default task(spec, {
  sources: ({ from, folder }) => [
    from === 'folder'
      ? { from, param: 'folder', path: folder, endings: documentEndings }
      : { from: 'folder', param: 'folder', path: bundled[from].file, endings: documentEndings, bundled: true },
  ],

  run: async (context) => {
    const folder = await context.folder('folder');
    if (folder.files.length === 0) throw noDocuments(folder);
    const { found, faults } = await readAll(context, folder);
    judge(context, folder, faults, found.length);
    warnOfGuesses(context, found);
    const rows = found.map(({ file, document }): SqlValue[] => [
      file.path,
      document.title ?? file.path.replace(/^.*\//, '').replace(/\.[^.]+$/, ''),
      document.text,
      document.kind,
      document.pages,
      plainWords(document.text).length,
      file.sha256,
    ]);
    await context.outputs.table('rows', sql`SELECT * FROM ${await context.stage(documentColumns, rows)} ORDER BY path`);
    const words = rows.reduce((sum, row) => sum + Number(row[5]), 0);
    context.metric('documents', found.length);
    context.metric('words', words);
    context.metric('left_out', faults.length);
    await context.outputs.report('report', reportOf(folder, found, faults, words));
  },
});

async function readAll(
  { signal, progress, texts }: Context,
  { files }: SourceFolder,
): Promise<{ found: Found[]; faults: Fault[] }> {
  const found: Found[] = [];
  const faults: Fault[] = [];
  for (const [i, file] of files.entries()) {
    signal.throwIfAborted();
    progress(i / files.length, file.path);
    try {
      const document = await texts.readDocument(file, signal);
      if (document.text.trim() === '')
        faults.push({
          name: file.path,
          says: document.kind === 'pdf' ? 'holds no text; its pages may be pictures' : 'holds no text',
        });
      else found.push({ file, document });
    } catch (thrown) {
      signal.throwIfAborted();
      const { code, message } = toProblem(thrown);
      if (code !== 'document.damaged') throw thrown;
      faults.push({ name: file.path, says: message });
    }
  }
  return { found, faults };
}

function judge({ params, warn }: Context, folder: SourceFolder, faults: readonly Fault[], kept: number): void {
  const [first] = faults;
  if (first === undefined) return;
  const message = `${faults.length.toLocaleString('en')} of ${folder.files.length.toLocaleString('en')} files cannot be used: ${first.says.startsWith('"') ? first.says : `"${first.name}" ${first.says}.`}`;
  if (params.faulty === 'refuse' || kept === 0)
    throw fail('documents.faulty', {
      message,
      mend:
        kept === 0
          ? 'Read text from pictures before, or choose another folder.'
          : 'Mend or remove them, or let them be left out.',
      param: kept === 0 ? 'folder' : 'faulty',
      facts: { file: first.name },
    });
  warn({
    code: 'documents.faulty',
    severity: 'warning',
    message,
    mend: 'They were left out; the report lists them.',
    param: 'faulty',
  });
}

/** Letters of other scripts come out wrong then, and nothing else would say so. */
function warnOfGuesses({ warn }: Context, found: readonly Found[]): void {
  const [first, ...others] = found.filter(({ document }) => document.guessed);
  if (first === undefined) return;
  const which =
    others.length === 0
      ? `"${first.file.path}" is`
      : `"${first.file.path}" and ${others.length.toLocaleString('en')} more are`;
  warn({
    code: 'documents.guessed-encoding',
    severity: 'warning',
    message: `${which} no UTF-8 and read as Western European text.`,
    mend: 'Look at the rows; where letters are wrong, save the files as UTF-8.',
    param: 'folder',
    facts: { file: first.file.path },
  });
}

const noDocuments = ({ name, others }: SourceFolder) =>
  fail('documents.none', {
    message:
      others.count === 0
        ? `There is no file in "${name}".`
        : `There is no document in "${name}", only ${others.names.join(', ')}.`,
    mend: `Choose a folder with files that end in ${documentEndings.join(', ')}.`,
    param: 'folder',
  });

function reportOf(folder: SourceFolder, found: readonly Found[], faults: readonly Fault[], words: number): Report {
  const changes = sayChanges(whatChanged(folder));
  const changed =
    folder.before === null
      ? []
      : folder.files.flatMap(({ path, sha256 }) =>
          folder.before?.get(path) === sha256 ? [] : [[folder.before?.has(path) === true ? 'changed' : 'new', path]],
        );
  const gone = [...(folder.before?.keys() ?? [])]
    .filter((path) => !folder.files.some((file) => file.path === path))
    .map((path) => ['gone', path]);
  return {
    title: folder.name,
    chips: [`version ${folder.version.slice(0, 8)}`, changes],
    blocks: [
      {
        type: 'metrics',
        items: [
          { name: 'documents', title: 'Documents', value: found.length },
          { name: 'words', title: 'Words', value: words },
          { name: 'left_out', title: 'Left out', value: faults.length },
        ],
      },
      {
        type: 'text',
        title: 'Since the last reading',
        text: `${changes.charAt(0).toUpperCase()}${changes.slice(1)}.`,
        tone: 'plain',
      },
      ...list('What changed', ['Change', 'File'], [...changed, ...gone]),
      ...leftOutTable(faults),
    ],
  };
}

const list = (
  title: string,
  [a = '', b = '']: readonly string[],
  rows: readonly (readonly string[])[],
): Report['blocks'] =>
  rows.length === 0
    ? []
    : [
        {
          type: 'table',
          title,
          columns: [
            { name: 'a', title: a, align: 'left' },
            { name: 'b', title: b, align: 'left' },
          ],
          rows: rows.slice(0, mostListed).map((row) => [...row]),
          ...(rows.length > mostListed ? { caption: `The first ${mostListed} of ${rows.length}.` } : {}),
        },
      ];
