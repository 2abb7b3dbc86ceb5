import * as z from 'zod';
import { defineSpec, type Finding } from '../../../shared/kind/define-spec.ts';
import { field } from '../../../shared/kind/fields/fields.ts';
import { textField, textFindings } from '../../../shared/kind/fields/text-fields.ts';

const kind = (title: string, help: string) => field.switch({ title, help, default: true, section: 'What' });

export const spec = defineSpec({
  kind: 'language.mask-pii',
  version: 1,
  computes: 3,
  title: 'Mask personal data',
  about: 'Finds addresses, numbers and names of persons in texts by their form, and puts a mask in their place.',
  keywords: [
    'PII',
    'anonymise',
    'redact',
    'privacy',
    'GDPR',
    'presidio',
    'de-identification',
    'email',
    'phone',
    'credit card',
    'IBAN',
    'anonymization',
    'pseudonymize',
    'sensitive data',
    'data masking',
    'de-identify',
    'scrub personal data',
    'HIPAA',
    'guardrails',
  ],
  icon: 'shield-ban',
  inputs: { rows: { wire: 'table', title: 'Rows' } },
  outputs: { rows: { wire: 'table', title: 'Rows' }, report: { wire: 'report', title: 'What was found' } },
  params: z.strictObject({
    column: textField,
    style: field.choice({
      title: 'Mask',
      help: 'The kind; the kind with a number, so that one can follow who is meant within a text; stars as long as the word; or no mask, only a count beside the text.',
      choices: { label: '[EMAIL]', numbered: '[EMAIL_1]', stars: '****', none: 'only count' },
      default: 'label',
    }),
    email: kind('E-mail addresses', 'name@example.org.'),
    phone: kind('Telephone numbers', 'With a country code, brackets, a leading nought, or behind a word such as call.'),
    card: kind('Card numbers', '13 to 19 digits with the right checksum (Luhn).'),
    iban: kind('Bank accounts', 'IBAN with the right checksum (modulo 97).'),
    ip: kind('Internet addresses', 'IPv4 and IPv6.'),
    ssn: kind('Social security numbers', 'Of the United States: 123-45-6789.'),
    birth: kind('Dates of birth', 'A date behind born, birth, geboren, né and the like.'),
    name: kind('Names', 'Only behind a title (Mr, Dr, Frau) or an introduction (my name is).'),
    address: kind('Streets', 'A number and a street, as written in English and German.'),
  }),
  form: 'map',
  rows: 'same',
  summary: ({ column, style }) =>
    `${style === 'none' ? 'count' : 'mask'} personal data in ${column === '' ? 'the text' : column}`,
  columns: (_params, inputs) => {
    const own = inputs['rows']?.columns ?? [];
    return own.some((c) => c.name === countColumn.name) ? own : [...own, countColumn];
  },
  check: ({ node, params, inputs }): Finding[] => textFindings(node, params.column, inputs['rows']),
});

export const countColumn = { name: 'personal_data', type: 'BIGINT' };
