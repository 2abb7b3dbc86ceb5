import * as z from 'zod';
import { columnFindings } from '../../../shared/kind/column-findings.ts';
import { defineSpec } from '../../../shared/kind/define-spec.ts';
import { field } from '../../../shared/kind/fields/fields.ts';
import { textColumnOf, textField } from '../../../shared/kind/fields/text-fields.ts';

export const spec = defineSpec({
  kind: 'prepare.tf-idf',
  version: 1,
  computes: 1,
  title: 'TF-IDF',
  about:
    'Turns texts into a column for each frequent word: how often it stands there, rarer words weighing more (TF-IDF).',
  keywords: [
    'TfidfVectorizer',
    'tf-idf',
    'CountVectorizer',
    'bag of words',
    'n-grams',
    'text features',
    'vectorizer',
    'word counts',
    'stop words',
    'term frequency',
    'document vector',
    'word frequencies',
    'HashingVectorizer',
  ],
  icon: 'whole-word',
  inputs: { rows: { wire: 'table', title: 'Rows' } },
  outputs: { rows: { wire: 'table', title: 'Rows with weights' } },
  params: z.strictObject({
    column: textField,
    weights: field.choice({
      title: 'Weights',
      help: 'TF-IDF: a word counts more the fewer texts have it, and each text has length 1. Counts: how often it stands there.',
      choices: { 'tf-idf': 'TF-IDF', counts: 'counts' },
      default: 'tf-idf',
    }),
    grams: field.choice({
      title: 'N-grams',
      help: 'Single words, or also pairs of words that follow one another ("not good").',
      choices: { words: 'unigrams', pairs: 'unigrams and bigrams' },
      default: 'words',
    }),
    most: field.integer({
      title: 'Max features',
      help: 'The most frequent words get a column each.',
      default: 300,
      min: 1,
      max: 4000,
    }),
    fewestRows: field.integer({
      title: 'Min document frequency',
      help: 'A word that stands in fewer training texts than this is left aside.',
      default: 2,
      min: 1,
      unit: 'rows',
    }),
    commonest: field.number({
      title: 'Max document frequency',
      help: 'A word that stands in more than this share of the training texts is left aside: it tells nothing.',
      default: 1,
      min: 0,
      max: 1,
      step: 0.05,
    }),
    ignore: field.texts({ title: 'Stop words', help: 'Words that never get a column, such as the, and, of.' }),
    sublinear: field.switch({
      title: 'Sublinear TF',
      help: 'Counts a word that stands n times 1 + ln n times.',
      default: false,
      when: { param: 'weights', is: ['tf-idf'] },
    }),
    name: field.text({
      title: 'Name',
      help: 'The new columns are called by this and the word: word_good.',
      default: 'word',
    }),
    keep: field.switch({
      title: 'Keep the text',
      help: 'Leaves the column of texts beside the new ones.',
      default: false,
    }),
  }),
  form: 'fitted',
  rows: 'same',
  summary: ({ column, weights, most }) =>
    `up to ${most} words of ${column === '' ? 'the text' : column} by ${weights === 'tf-idf' ? 'TF-IDF' : 'counts'}`,
  columns: ({ column, keep }, inputs) => {
    const columns = inputs['rows']?.columns ?? [];
    const text = textColumnOf(column, columns);
    return keep ? columns : columns.filter((c) => c !== text);
  },
  dynamic: ({ name, column }, input) => [
    { pattern: `${name}_*`, type: 'DOUBLE', from: textColumnOf(column, input.columns)?.name ?? column },
  ],
  check: ({ node, params, inputs }) =>
    columnFindings({ node, param: 'column', title: 'The column of texts' }, params.column, inputs['rows'], {
      families: ['text'],
    }),
});
