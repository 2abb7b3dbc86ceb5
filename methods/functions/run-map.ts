/** A map kind as a task: what it says itself, else its function is asked about each different text of the rows, and the answers are put beside them. */
import type { MapRun, TaskRun } from '../../shared/capabilities.ts';
import type { SourceFolder } from '../../shared/source/source-folder.ts';
import { raw } from '../../shared/sql.ts';
import { distinctTexts, writePerText } from '../language/per-text.ts';
import { loadFunction } from './load-function.ts';

export const taskOfMap = <P>(run: MapRun<P>): TaskRun<P> => ({
  form: 'task',
  run: async (context) => {
    if (run.run !== undefined) return run.run(context);
    const table = context.table('rows');
    const { column, function: name, settings, names, replaces, keeps } = run.step(context.params, table.columns);
    const { columns, open } = await loadFunction(name);
    const texts = await distinctTexts(table, column);
    const answers = await open(settings, { texts: context.texts, files: noFiles, threads: context.threads }).compute(
      texts,
      context,
    );
    const given = columns(settings);
    const values = new Map(texts.map((text, i) => [text, answers[i] ?? []]));
    await writePerText(context, table, column, {
      columns: names.map((own, i) => ({ name: own, type: given[i]?.type ?? 'VARCHAR' })),
      values: new Map([...values].map(([text, found]) => [text, found.slice(0, names.length)])),
      ...(replaces === true ? { replaces } : {}),
      ...(keeps === undefined ? {} : { where: keeps(names.map((_, i) => raw(`p.__p${i}`))) }),
    });
    await run.report?.(context, values);
  },
});

const noFiles: SourceFolder = { name: '', files: [], others: { count: 0, names: [] }, version: '', before: null };
