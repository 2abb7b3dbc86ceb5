import { personalKinds } from '../../../methods/language/personal-data.ts';
import { chosenText, textRows } from '../../../methods/language/per-text.ts';
import { map } from '../../../shared/capabilities.ts';
import { countColumn, spec } from './spec.ts';

export default map(spec, {
  step: (params, columns) => {
    const column = chosenText({ columns }, params.column);
    const settings = { style: params.style, kinds: personalKinds.filter((kind) => params[kind]) };
    const given = { column, function: 'mask-personal-data', settings };
    return params.style === 'none'
      ? { ...given, names: [countColumn.name] }
      : { ...given, names: [column, countColumn.name], replaces: true };
  },
  report: async (context, answers) => {
    const { params, metric, outputs } = context;
    const table = context.table('rows');
    const kinds = personalKinds.filter((kind) => params[kind]);
    const column = chosenText(table, params.column);
    const found = new Map(
      [...answers].map(([text, answer]) => [
        text,
        String(answer.at(-1) ?? '')
          .split(' ')
          .filter((kind) => kind !== ''),
      ]),
    );
    const rows = (await textRows(table, column)).flatMap(({ text }) => (text === null ? [] : [found.get(text) ?? []]));
    const withAny = rows.filter((one) => one.length > 0).length;
    metric('rows_with_personal_data', withAny);
    metric(
      'personal_data',
      rows.reduce((sum, one) => sum + one.length, 0),
    );
    await outputs.report('report', {
      title: 'Personal data',
      chips: [`${rows.length.toLocaleString('en')} texts`],
      blocks: [
        {
          type: 'metrics',
          items: [{ name: 'rows_with_personal_data', title: 'Texts with any', value: withAny, better: 'lower' }],
        },
        {
          type: 'table',
          title: 'By kind',
          columns: [
            { name: 'kind', title: 'Kind', align: 'left' },
            { name: 'found', title: 'Found', align: 'right' },
            { name: 'texts', title: 'In texts', align: 'right' },
          ],
          rows: kinds.map((kind) => [
            kind,
            rows.reduce((sum, one) => sum + one.filter((k) => k === kind).length, 0),
            rows.filter((one) => one.includes(kind)).length,
          ]),
          caption:
            'Found by their form. Names without a title or an introduction, and whatever has no form, are not found: look at a sample before you give a text away.',
        },
      ],
    });
  },
});
