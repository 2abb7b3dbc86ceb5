import * as z from 'zod';
import { append } from '../../../shared/append.ts';
import { columnFindings, missingColumn } from '../../../shared/kind/column-findings.ts';
import { defineSpec, type Finding } from '../../../shared/kind/define-spec.ts';
import { field } from '../../../shared/kind/fields/fields.ts';
import { columnsInTemplate } from '../../../shared/kind/prompt-template.ts';

export const spec = defineSpec({
  kind: 'language.prompt',
  version: 1,
  computes: 1,
  title: 'Prompt',
  about: 'Writes a prompt for each row from a template with columns in it, with examples from a table if you like.',
  keywords: [
    'prompt template',
    'few-shot',
    'langchain',
    'jinja',
    'instruction',
    'messages',
    'system prompt',
    'prompt engineering',
    'variables',
    'ChatPromptTemplate',
    'few shot examples',
    'prompt builder',
    'f-string',
  ],
  icon: 'message-square-text',
  inputs: {
    rows: { wire: 'table', title: 'Rows' },
    examples: { wire: 'table', title: 'Examples', optional: true },
  },
  outputs: { rows: { wire: 'table', title: 'Rows with prompts' } },
  params: z.strictObject({
    template: field.multiline({
      title: 'Template',
      help: 'The question. {{column}} stands for the row’s value; a missing value is nothing.',
      placeholder: 'Is this review positive or negative?\n\n{{review}}',
    }),
    form: field.choice({
      title: 'Form',
      help: 'A conversation for models that chat, written by the model’s own template when it is asked; or one text for base models to go on from.',
      choices: { conversation: 'a conversation', text: 'one text' },
      default: 'conversation',
    }),
    system: field.multiline({
      title: 'System message',
      help: 'Stands first, as what the model is told to be. {{column}} works here too. Empty: none.',
      placeholder: 'You are a careful reader.',
    }),
    output: field.text({ title: 'Name of the column', help: 'Where the prompts go.', default: 'prompt' }),
    answer: field.column({
      title: 'Answer of an example',
      help: 'The column of the examples that holds the right answer. The template is filled with the example’s columns of the same names.',
      port: 'examples',
      section: 'Examples',
    }),
    shots: field.integer({
      title: 'How many',
      help: 'So many examples stand before each question, the same for all rows, drawn by the seed.',
      default: 4,
      min: 1,
      max: 100,
      section: 'Examples',
    }),
    seed: field.integer({
      title: 'Seed',
      help: 'Another seed draws other examples.',
      default: 42,
      min: 0,
      section: 'Examples',
    }),
    image: field.column({
      title: 'Image',
      help: 'A column of addresses of images (data:image/png;base64,… or https://…), for endpoints whose model sees. Empty: none.',
      families: ['text'],
      section: 'Image',
    }),
  }),
  form: 'relational',
  rows: 'same',
  summary: (p) => {
    const line = p.template.trim().split('\n')[0] ?? '';
    return line === '' ? 'write a prompt for each row' : `ask "${line.length > 60 ? `${line.slice(0, 57)}…` : line}"`;
  },
  check: ({ node, params: p, inputs, wired }): Finding[] => {
    const findings: Finding[] = [];
    const { rows, examples } = inputs;
    if (p.template.trim() === '')
      findings.push({
        code: 'param.empty',
        severity: 'warning',
        message: 'The template is empty.',
        mend: 'Write what the model is asked.',
        param: 'template',
      });
    for (const param of ['template', 'system'] as const)
      for (const name of columnsInTemplate(p[param]))
        append(
          findings,
          missingColumn({ node, param }, name, rows, (near) =>
            p[param].replaceAll(new RegExp(`\\{\\{\\s*${escape(name)}\\s*\\}\\}`, 'g'), `{{${near}}}`),
          ),
        );
    append(findings, columnFindings({ node, param: 'image' }, p.image, rows, { families: ['text'] }));
    if (rows?.columns.some((c) => c.name.toLowerCase() === p.output.toLowerCase()) === true || p.output.trim() === '')
      findings.push({
        code: 'column.taken',
        message: p.output.trim() === '' ? 'The new column has no name.' : `There is a column "${p.output}" already.`,
        mend: 'Give another name.',
        param: 'output',
      });
    if (wired.has('examples')) {
      append(findings, columnFindings({ node, param: 'answer' }, p.answer, examples, { required: true }));
      for (const name of columnsInTemplate(p.template))
        if (examples !== undefined && !examples.columns.some((c) => c.name === name))
          findings.push({
            code: 'prompt.example-lacks-column',
            message: `The examples have no column "${name}", which the template names.`,
            mend: 'Rename a column of the examples.',
            port: 'examples',
          });
    }
    return findings;
  },
});

const escape = (text: string): string => text.replaceAll(/[.*+?^${}()|[\]\\]/g, String.raw`\$&`);
