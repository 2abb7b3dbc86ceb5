/** Parameters under which the conformance suite runs a relational kind, beside its defaults: the smallest that make it do what it is for. */
export interface TrialColumns {
  number: string;
  text: string;
  time: string;
  boolean: string;
  integer: string;
}
type Trials = (c: TrialColumns) => Record<string, unknown>[];
const quoted = (name: string): string => `"${name.replaceAll('"', '""')}"`;

export const conformanceSettings: Readonly<Record<string, Trials>> = {
  'clean.filter': (c) => [
    { rules: [{ column: c.number, operator: 'at-least', value: '0' }] },
    { rules: [{ column: c.text, operator: 'one-of', value: 'a, b' }], action: 'drop' },
    {
      rules: [{ column: c.time, operator: 'less', value: '2024-06-01' }],
      combine: 'any',
      expression: `${quoted(c.integer)} > 1`,
    },
  ],
  'language.clean-text': (c) => [
    { column: c.text, tags: true, addresses: 'word', quotes: true, lower: true },
    { column: c.text, unicode: false, hidden: false, spaces: false, empty: false },
  ],
  'language.conversations': (c) => [
    { user: c.text, assistant: c.text, context: c.text, system: 'Be kind.' },
    { from: 'turns', conversation: c.boolean, order: c.time, speaker: c.text, content: c.text },
  ],
  'clean.derive': (c) => [
    {
      columns: [
        { name: 'sum of both', expression: `${quoted(c.number)} + ${quoted(c.integer)}` },
        { name: c.text, expression: `upper(${quoted(c.text)})` },
      ],
    },
  ],
  'clean.select': (c) => [
    { columns: { by: 'names', names: [c.text, c.number] }, rename: { [c.text]: "it's new" } },
    { columns: { by: 'type', type: 'number' }, action: 'drop' },
  ],
  'clean.types': (c) => [
    {
      types: { [c.integer]: 'text', [c.number]: 'integer', [c.boolean]: 'number', [c.time]: 'timestamp' },
      unconvertible: 'missing',
    },
    { types: { [c.text]: 'number' }, unconvertible: 'missing', decimalMark: 'comma' },
  ],
  'clean.missing': (c) => [
    { action: 'drop-all' },
    { action: 'fill', value: '0', flag: true },
    { action: 'keep', flag: true, columns: { by: 'names', names: [c.text] } },
  ],
  'clean.duplicates': (c) => [{ columns: { by: 'names', names: [c.text] }, keep: 'last', order: c.time }],
  'clean.label': (c) => [
    { column: c.text, keep: 'all' },
    { column: c.text, known: 'column', idColumn: c.integer, as: c.text, keep: 'all' },
  ],
  'combine.join': (c) =>
    ['left', 'inner', 'right', 'full', 'semi', 'anti'].map((how) => ({
      how,
      keys: [
        { left: c.text, right: c.text },
        { left: c.integer, right: c.integer },
      ],
    })),
  'combine.append': () => [{ sourceColumn: 'from where' }, { match: 'position' }],
  'combine.aggregate': (c) => [
    {
      by: [c.text],
      aggregates: [
        { function: 'rows' },
        ...['count', 'count-distinct', 'median', 'minimum', 'maximum', 'quantile', 'mode'].map((name) => ({
          function: name,
          column: c.integer,
        })),
        { function: 'last', column: c.text, order: c.time, as: 'latest' },
      ],
    },
  ],
  'combine.sort': (c) => [
    { keys: [{ column: c.text, direction: 'descending' }, { column: c.number }], missing: 'first' },
  ],
  'combine.sample': (c) => [{ fraction: 0.5 }, { amount: 'rows', rows: 2, stratify: c.text }],
  'split.rows': (c) => [
    { target: c.text, validationFraction: 0.2, id: c.integer },
    { method: 'folds', folds: 2, target: c.boolean },
    { method: 'time', time: c.time },
    { method: 'group', group: c.text },
  ],
};
