/** `flowyard models`: what was trained here. */
import { resolve } from 'node:path';
import { openScorer } from '../../engine/recipe/scorer/open-scorer.ts';
import { toProblem } from '../../shared/errors.ts';
import { findModel, readModelName, unknownModel } from '../find-model.ts';
import { printJson, printLines, printTable, sayBytes, sayMetrics, sayTime } from '../print-table.ts';
import { ownLimitOptions } from '../input/read-limits.ts';
import { withHistory } from '../with-history.ts';
import { commonOptions, type Command } from './command.ts';

export const models: Command = {
  name: 'models',
  usage: 'models [MODEL]',
  about: 'Lists the trained models; MODEL (name or name@version) tells one.',
  options: { ...ownLimitOptions, ...commonOptions },
  run: async (input) => {
    const json = input.flag('json');
    const [text] = input.positionals;
    const workspace = resolve(input.text('workspace') ?? '.');
    if (text === undefined) {
      const rows = await withHistory(workspace, (history) => history.models());
      if (json) rows.forEach(printJson);
      else if (rows.length === 0) printLines(['No model yet.']);
      else
        printTable(
          ['MODEL', 'TARGET', 'TRAINED', 'MEASURED'],
          rows.map((m) => [`${m.name}@${m.version}`, m.target, sayTime(m.created_ms), sayMetrics(m.metrics)]),
        );
      return 0;
    }
    const { name, version } = readModelName(text);
    const model = await withHistory(workspace, async (history) => {
      const found = await history.model(name, version);
      if (found === undefined) throw unknownModel(text, await history.models());
      return found;
    });
    // Only now, since it looks into the history itself: two at once wait for each other.
    const served = await howServed(workspace, `${model.name}@${model.version}`);
    if (json) printJson({ ...model, served });
    else
      printLines([
        `${model.name}@${model.version}`,
        `Kind      ${model.kind}, ${model.task} of ${model.target}`,
        `Trained   ${sayTime(model.created_ms)} by ${model.node} of ${model.pipeline}, run ${model.run}`,
        `Key       ${model.key}`,
        `Size      ${sayBytes(model.bytes)}`,
        ...(model.classes.length === 0 ? [] : [`Classes   ${model.classes.map(String).join(', ')}`]),
        ...(Object.keys(model.metrics).length === 0 ? [] : [`Measured  ${sayMetrics(model.metrics)}`]),
        ...(typeof model.facts['begins_behind'] === 'string'
          ? [`Begins    behind "${model.facts['begins_behind']}": it takes rows as they come out of it`]
          : []),
        `Served    ${served}`,
        'Needs',
        ...model.input_schema.map((c) => `  ${c.name}  ${c.type}`),
      ]);
    return 0;
  },
};

/** What computes a row that a service is asked about. */
async function howServed(workspace: string, text: string): Promise<string> {
  try {
    const scorer = await openScorer((await findModel(workspace, text)).artifact.folder);
    try {
      return scorer.byQuery === undefined
        ? 'row by row, by the row program'
        : `by SQL, several requests at once, since ${scorer.byQuery}`;
    } finally {
      await scorer.close();
    }
  } catch (thrown) {
    // The history knows more models than have their files.
    return `not: ${toProblem(thrown).message}`;
  }
}
