import * as z from 'zod';
import { columnFindings } from '../../../shared/kind/column-findings.ts';
import { defineSpec, type CheckContext, type Finding } from '../../../shared/kind/define-spec.ts';
import { field } from '../../../shared/kind/fields/fields.ts';

const pairs = { param: 'from', is: ['pairs'] } as const;
const turns = { param: 'from', is: ['turns'] } as const;

export const spec = defineSpec({
  kind: 'language.conversations',
  version: 1,
  computes: 1,
  title: 'Conversations',
  about:
    'Builds conversations from columns of questions and answers, or from rows that are turns, for fine-tuning and evaluation.',
  keywords: [
    'chat',
    'messages',
    'sft',
    'instruction tuning',
    'sharegpt',
    'chatml',
    'jsonl',
    'chat log',
    'dialogue',
    'role content',
    'chat format',
    'Alpaca',
    'chat dataset',
  ],
  icon: 'messages-square',
  inputs: { rows: { wire: 'table', title: 'Rows' } },
  outputs: { rows: { wire: 'table', title: 'Rows with conversations' } },
  params: z.strictObject({
    from: field.choice({
      title: 'From',
      help: 'Questions and answers in columns: one conversation a row. Turns in rows, as chat logs have them: one conversation for each id.',
      choices: { pairs: 'columns of questions and answers', turns: 'rows that are turns' },
      default: 'pairs',
    }),
    user: field.column({ title: 'Question', help: 'What the person says.', families: ['text'], when: pairs }),
    assistant: field.column({
      title: 'Answer',
      help: 'What the assistant says. Empty: conversations that wait for an answer.',
      families: ['text'],
      when: pairs,
    }),
    context: field.column({
      title: 'Context',
      help: 'A column that stands before the question, an empty line between: a document, found passages. Empty: none.',
      families: ['text'],
      when: pairs,
    }),
    conversation: field.column({
      title: 'Conversation',
      help: 'The column whose equal values belong to one conversation.',
      when: turns,
    }),
    order: field.column({
      title: 'Order',
      help: 'The column that says which turn comes first: a number, a time.',
      when: turns,
    }),
    speaker: field.column({
      title: 'Role column',
      help: 'The column that says who speaks. system, user, human, customer, assistant, gpt, bot, agent and model are understood.',
      families: ['text'],
      when: turns,
    }),
    content: field.column({
      title: 'Content column',
      help: 'The column of what is said.',
      families: ['text'],
      when: turns,
    }),
    system: field.multiline({ title: 'System message', help: 'Stands first in every conversation. Empty: none.' }),
    name: field.text({
      title: 'Name',
      help: 'The column of conversations, each as a JSON list of role and content.',
      default: 'messages',
    }),
  }),
  form: 'relational',
  rows: ({ from }) => (from === 'turns' ? 'mix' : 'same'),
  summary: ({ from, user, conversation }) =>
    from === 'pairs'
      ? `conversations from ${user === '' ? 'questions' : user} and answers`
      : `conversations from turns${conversation === '' ? '' : ` of each ${conversation}`}`,
  check: (context) => [
    ...(context.params.from === 'pairs' ? pairFindings(context) : turnFindings(context)),
    ...nameFindings(context),
  ],
});

interface Params {
  user: string;
  assistant: string;
  context: string;
  conversation: string;
  order: string;
  speaker: string;
  content: string;
  name: string;
  from: string;
}

function pairFindings({ node, params, inputs }: CheckContext<Params>): Finding[] {
  return [
    ...columnFindings({ node, param: 'user', title: 'The column of questions' }, params.user, inputs['rows'], {
      required: true,
      families: ['text'],
    }),
    ...columnFindings({ node, param: 'assistant' }, params.assistant, inputs['rows'], { families: ['text'] }),
    ...columnFindings({ node, param: 'context' }, params.context, inputs['rows'], { families: ['text'] }),
  ];
}

function turnFindings({ node, params, inputs }: CheckContext<Params>): Finding[] {
  const needed = [
    ['conversation', 'The column that names the conversation'],
    ['order', 'The column that orders turns'],
    ['speaker', 'The column of speakers'],
    ['content', 'The column of what is said'],
  ] as const;
  return needed.flatMap(([param, title]) =>
    columnFindings({ node, param, title }, params[param], inputs['rows'], { required: true }),
  );
}

function nameFindings({ params, inputs }: CheckContext<Params>): Finding[] {
  if (params.name.trim() === '')
    return [
      {
        code: 'param.empty',
        message: 'The new column has no name.',
        mend: 'Write one, such as messages.',
        param: 'name',
      },
    ];
  const clash =
    params.from === 'pairs' &&
    inputs['rows']?.columns.some((c) => c.name.toLowerCase() === params.name.toLowerCase()) === true;
  return clash
    ? [
        {
          code: 'column.duplicate',
          message: `There is a column "${params.name}" already.`,
          mend: 'Give the new one another name.',
          param: 'name',
          column: params.name,
        },
      ]
    : [];
}
