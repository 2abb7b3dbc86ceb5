import { chosenText } from '../../../methods/language/per-text.ts';
import { map } from '../../../shared/capabilities.ts';
import { join, raw, sql } from '../../../shared/sql.ts';
import { languageColumns, spec } from './spec.ts';

export default map(spec, {
  step: ({ column, fewestLetters, keep, unknown }, columns) => {
    const wanted = keep.map((code) => code.trim().toLowerCase()).filter((code) => code !== '');
    return {
      column: chosenText({ columns }, column),
      function: 'detect-language',
      settings: { fewestLetters },
      names: languageColumns.map(({ name }) => name),
      ...(wanted.length === 0
        ? {}
        : {
            keeps: ([language = raw('NULL')]) =>
              sql`(${language} IN (${join(wanted.map((code) => sql`${code}`))}) OR ${unknown ? sql`${language} IS NULL` : raw('false')})`,
          }),
    };
  },
  report: ({ log }, answers) => {
    const counts = new Map<string, number>();
    for (const [language] of answers.values()) {
      const name = String(language ?? 'unknown');
      counts.set(name, (counts.get(name) ?? 0) + 1);
    }
    const said = [...counts]
      .sort(([, a], [, b]) => b - a)
      .map(([language, n]) => `${language} ${n.toLocaleString('en')}`);
    log(`Different texts by language: ${said.join(', ') || 'none'}.`);
  },
});
