import { task } from '../../../shared/capabilities.ts';
import { fail } from '../../../shared/errors.ts';
import type { DocumentPassage } from '../../../shared/language/language-model.ts';
import { id, raw, sql } from '../../../shared/sql.ts';
import { rowColumn } from '../../../shared/wires.ts';
import { spec } from './spec.ts';

const fileName = 'passages.jsonl';

export default task(spec, {
  run: async ({ params: p, table, llm, outputs, log }) => {
    const { value } = llm('llm');
    const { form: _form, name, documents: before, ...rest } = value;
    if (before !== undefined)
      throw fail('language.has-documents', {
        message: `"${name}" answers from documents already.`,
        mend: 'Append the two tables of passages, and give them to the model at once.',
        port: 'llm',
      });
    const rows = table('passages');
    const source = p.source === '' ? raw("''") : sql`coalesce(CAST(${id(p.source)} AS VARCHAR), '')`;
    const found = await rows.query(
      sql`SELECT CAST(${id(p.passage)} AS VARCHAR) AS text, ${source} AS source FROM ${rows.ref} WHERE ${id(p.passage)} IS NOT NULL${
        rows.schema.split ? sql` ORDER BY ${id(rowColumn)}` : raw('')
      }`,
    );
    const passages = found
      .map((row): DocumentPassage => ({ text: String(row['text']), source: String(row['source']) }))
      .filter(({ text }) => text.trim() !== '');
    if (passages.length === 0)
      throw fail('retrieve.no-passages', {
        message: 'There is no passage to answer from.',
        mend: 'Look what the node before gives.',
        port: 'passages',
      });
    const bytes = new TextEncoder().encode(passages.map((passage) => `${JSON.stringify(passage)}\n`).join(''));
    await outputs.llm('llm', {
      ...rest,
      name: p.name.trim() === '' ? `${name} with documents` : p.name.trim(),
      documents: {
        file: { name: fileName, sha256: '0'.repeat(64), bytes: bytes.length, result: 'own' },
        passages: passages.length,
        most: p.most,
        stem: p.stem,
        instructions: p.instructions,
        notFound: p.notFound.trim(),
      },
      files: { [fileName]: bytes },
    });
    log(`${passages.length.toLocaleString('en-US')} passages`);
  },
});
