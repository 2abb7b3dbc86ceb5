import * as z from 'zod';
import { append } from '../../../shared/append.ts';
import { isImageType } from '../../../shared/media/image.ts';
import { columnFindings } from '../../../shared/spec/column-findings.ts';
import { defineSpec, type Finding } from '../../../shared/spec/define-spec.ts';
import { field } from '../../../shared/spec/fields.ts';
import { labelledColumn } from '../../../shared/spec/labelled-column.ts';
import { hiddenColumns, typeFamily } from '../../../shared/wires.ts';

const nothingLabelled: Finding = {
  code: 'label.none',
  message: 'Nothing is labelled yet.',
  mend: 'Press Label rows and give the first labels.',
  param: 'file',
};

export const spec = defineSpec({
  kind: 'clean.label',
  version: 1,
  computes: 1,
  title: 'Label by hand',
  about: 'Adds a column with the labels that people gave to images or texts.',
  keywords: [
    'annotate',
    'annotation',
    'labelling',
    'labeling',
    'Label Studio',
    'tagging',
    'ground truth',
    'active learning',
  ],
  icon: 'tags',
  view: 'labels',
  inputs: { rows: { wire: 'table', title: 'Rows' } },
  outputs: { rows: { wire: 'table', title: 'Rows' } },
  params: z.strictObject({
    column: field.column({
      title: 'Label what',
      help: 'The column of images or texts that a person looks at. Empty: the only column of images.',
    }),
    labels: field.texts({
      title: 'Labels',
      help: 'The names to choose from; the first nine have the keys 1 to 9. The labelling view adds to them.',
    }),
    as: field.text({
      title: 'Column',
      help: 'The column that holds the labels. Where it is there already, its values stay for rows that nobody labelled.',
      default: 'label',
    }),
    keep: field.choice({
      title: 'Rows',
      help: 'Which rows go on.',
      choices: { labelled: 'those with a label', all: 'all' },
      default: 'labelled',
    }),
    known: field.choice({
      title: 'Rows are known by',
      help: 'What a label is tied to, so that it stays with its row when rows are added, sorted or read anew. By content, equal images or texts share their label.',
      choices: { content: 'their content', column: 'a column' },
      default: 'content',
      section: 'Where labels are kept',
    }),
    idColumn: field.column({
      title: 'Column',
      help: 'The column that names each row, such as an order number.',
      when: { param: 'known', is: ['column'] },
      section: 'Where labels are kept',
    }),
    file: field.file({
      title: 'File',
      help: 'The labels, one JSON object a line, beside the pipeline: to be kept in Git and shared. The labelling view makes it.',
      extensions: ['.jsonl'],
      section: 'Where labels are kept',
    }),
  }),
  form: 'relational',
  readsFiles: true,
  // The labels are of other data: a served row has none, and a model begins behind this node.
  rows: 'mix',
  runsIn: 'process',
  summary: ({ labels, file, keep }) =>
    file === ''
      ? 'label rows by hand: none yet'
      : `${labels.length > 0 && labels.length <= 4 ? labels.join(', ') : 'labels'} from ${file}${keep === 'all' ? '' : '; rows with a label'}`,
  check: ({ node, params, inputs }) => {
    const schema = inputs['rows'];
    const columns = schema?.columns.filter((c) => !hiddenColumns.includes(c.name));
    const shown = labelledColumn(params.column, columns);
    const findings: Finding[] = [
      ...columnFindings({ node, param: 'column', title: 'What is labelled' }, params.column, schema),
    ];
    if (columns !== undefined && params.column === '' && shown === undefined)
      findings.push({
        code: 'param.empty',
        message: 'It is not said what is labelled.',
        mend: 'Choose a column of images or texts.',
        param: 'column',
      });
    if (
      shown !== undefined &&
      params.known === 'content' &&
      !isImageType(shown.type) &&
      typeFamily(shown.type) !== 'text'
    )
      findings.push({
        code: 'label.not-content',
        message: `"${shown.name}" holds neither images nor texts, so rows cannot be known by it.`,
        mend: 'Choose a column of images or texts, or let rows be known by a column.',
        param: 'column',
        column: shown.name,
      });
    if (params.known === 'column')
      append(
        findings,
        columnFindings({ node, param: 'idColumn', title: 'The column that names rows' }, params.idColumn, schema, {
          required: true,
        }),
      );
    if (params.as.trim() === '' || hiddenColumns.includes(params.as))
      findings.push({
        code: 'column.reserved',
        message: 'The labels need a column with a name of its own.',
        mend: 'Write one, such as  label .',
        param: 'as',
      });
    if (params.file === '' && params.keep === 'labelled') findings.push(nothingLabelled);
    return findings;
  },
});
