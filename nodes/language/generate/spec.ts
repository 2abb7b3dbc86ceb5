import * as z from 'zod';
import { append } from '../../../shared/append.ts';
import { columnFindings } from '../../../shared/kind/column-findings.ts';
import { defineSpec, type Finding } from '../../../shared/kind/define-spec.ts';
import { field } from '../../../shared/kind/fields/fields.ts';
import { answerFields, askingFields } from '../../../shared/kind/fields/language-fields.ts';
import { columnsOfFields } from '../../../shared/language/answer-form.ts';
import type { Column } from '../../../shared/wires.ts';

/** What is known of each answer beside its text, in the order of the columns. */
export const factColumns = (output: string): Column[] => [
  { name: `${output}_error`, type: 'VARCHAR' },
  { name: `${output}_end`, type: 'VARCHAR' },
  { name: `${output}_prompt_tokens`, type: 'INTEGER' },
  { name: `${output}_tokens`, type: 'INTEGER' },
  { name: `${output}_ms`, type: 'DOUBLE' },
  { name: `${output}_cost`, type: 'DOUBLE' },
  { name: `${output}_remembered`, type: 'BOOLEAN' },
];

export const spec = defineSpec({
  kind: 'language.generate',
  version: 1,
  computes: 3,
  title: 'Generate',
  about:
    'Asks a language model for each row, remembers the answers, and tells tokens, time and cost; a failure stays in its row.',
  keywords: [
    'llm',
    'batch',
    'completion',
    'chat',
    'prompt',
    'answer',
    'structured output',
    'json',
    'extract',
    'classify',
    'summarise',
    'tool calls',
    'function calling',
    'translate',
    'translate text',
    'summarise texts',
    'summarization',
    'batch api',
    'batch inference',
    'text generation',
    'ask llm',
    'chatgpt',
    'zero-shot classification',
    'data extraction',
    'JSON schema',
    'rewrite texts',
    'call model',
  ],
  icon: 'sparkles',
  inputs: { rows: { wire: 'table', title: 'Rows' }, llm: { wire: 'llm', title: 'Language model' } },
  outputs: { rows: { wire: 'table', title: 'Rows with answers' }, report: { wire: 'report', title: 'Report' } },
  params: z.strictObject({
    prompt: field.column({
      title: 'Prompt',
      help: 'The column with the prompts: conversations made by "Prompt" or read from a chat log, or plain texts.',
      families: ['text', 'other'],
    }),
    how: field.choice({
      title: 'The model',
      help: 'Answers what is asked by its chat template, or continues a text as it stands (base models).',
      choices: { answer: 'answers', continue: 'continues the text' },
      default: 'answer',
    }),
    output: field.text({
      title: 'Name of the answer',
      help: 'The column of the answers; tokens, time, cost and errors get columns that begin with it.',
      default: 'answer',
    }),
    samples: field.integer({
      title: 'Answers for each row',
      help: 'With more than one, each row comes as often, with a seed of its own. Needs a temperature above 0 to differ.',
      default: 1,
      min: 1,
      max: 100,
    }),
    fields: field.rules(
      {
        name: field.text({ title: 'Name', help: 'What the field, and its column, is called.' }),
        type: field.choice({
          title: 'Type',
          help: 'What its value is.',
          choices: { text: 'text', number: 'number', integer: 'whole number', boolean: 'yes or no', choice: 'one of' },
          default: 'text',
        }),
        choices: field.text({ title: 'Choices', help: 'For "one of": the choices, separated by commas.' }),
      },
      {
        title: 'Fields',
        help: 'The answer is JSON with these fields, by grammar: a model cannot write anything else. Each becomes a column.',
        addLabel: 'Add a field',
        section: 'Form of the answer',
      },
    ),
    schema: field.multiline({
      title: 'JSON Schema',
      help: 'In place of fields, for forms that a list cannot say. The answer stays one column of JSON.',
      section: 'Form of the answer',
    }),
    tools: field.multiline({
      title: 'Tools',
      help: 'A JSON list of functions that the model may call: name, description, parameters. Its calls stand in a column; nothing is executed.',
      section: 'Form of the answer',
    }),
    ...answerFields,
    ...askingFields,
  }),
  form: 'task',
  rows: (p) => (p.samples === 1 ? 'same' : 'more'),
  summary: (p) =>
    `ask the model ${p.prompt === '' ? 'for each row' : `with ${p.prompt}`}${p.fields.length > 0 ? ` for ${p.fields.map((f) => f.name).join(', ')}` : ''}${p.samples > 1 ? `, ${p.samples} answers each` : ''}`,
  columns: (p, inputs): Column[] => [
    ...(inputs['rows']?.columns ?? []),
    ...(p.samples === 1 ? [] : [{ name: `${p.output}_sample`, type: 'INTEGER' }]),
    { name: p.output, type: 'VARCHAR', role: 'text' },
    ...columnsOfFields(p.fields),
    ...(p.tools.trim() === '' ? [] : [{ name: `${p.output}_calls`, type: 'VARCHAR' }]),
    ...factColumns(p.output),
  ],
  check: ({ node, params: p, inputs }): Finding[] => {
    const findings: Finding[] = [];
    const rows = inputs['rows'];
    append(
      findings,
      columnFindings({ node, param: 'prompt' }, p.prompt, rows, { required: true, families: ['text', 'other'] }),
    );
    const own = [p.output, ...p.fields.map((f) => f.name)].map((name) => name.toLowerCase());
    const taken = rows?.columns.find((c) => own.includes(c.name.toLowerCase()));
    if (taken !== undefined)
      findings.push({
        code: 'column.taken',
        message: `There is a column "${taken.name}" already.`,
        mend: 'Give another name.',
        param: taken.name.toLowerCase() === p.output.toLowerCase() ? 'output' : 'fields',
        column: taken.name,
      });
    if (new Set(own).size < own.length)
      findings.push({
        code: 'column.twice',
        message: 'Two of the answer’s columns have one name.',
        mend: 'Give each its own.',
        param: 'fields',
      });
    for (const f of p.fields)
      if (f.name.trim() === '' || (f.type === 'choice' && f.choices.trim() === ''))
        findings.push({
          code: 'param.empty',
          message: f.name.trim() === '' ? 'A field has no name.' : `The field "${f.name}" has no choices.`,
          mend: 'Complete it.',
          param: 'fields',
        });
    for (const [param, text] of [
      ['schema', p.schema],
      ['tools', p.tools],
    ] as const)
      if (text.trim() !== '' && !isJson(text))
        findings.push({
          code: 'language.bad-json',
          message: `The ${param === 'schema' ? 'JSON Schema' : 'list of tools'} is not valid JSON.`,
          mend: 'Correct it.',
          param,
        });
    if (p.samples > 1 && p.temperature === 0)
      findings.push({
        code: 'language.same-samples',
        severity: 'warning',
        message: 'At temperature 0 all answers of a row are the same.',
        mend: 'Give a temperature above 0, or ask once.',
        param: 'samples',
      });
    return findings;
  },
});

function isJson(text: string): boolean {
  try {
    JSON.parse(text);
    return true;
  } catch {
    return false;
  }
}
