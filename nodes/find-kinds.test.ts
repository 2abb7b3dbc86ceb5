import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { SqlJudge } from '../engine/sql/judge-sql.ts';
import { Database } from '../engine/table/database.ts';
import { select } from '../shared/sql.ts';
import { everydayPhrases, type EverydayPhrase } from '../test/support/everyday-phrases.ts';
import { runSql, table } from '../test/support/run-sql.ts';
import { spec as sqlSpec } from './combine/sql/spec.ts';
import sqlRun from './combine/sql/run.ts';
import { makeKindFinder } from './find-kinds.ts';
import { nearestWays } from './find-nearest.ts';
import { wordsOf } from './find-phrases.ts';
import { loadSpecs } from './runs.ts';

const specs = await loadSpecs();
const { find, isNamed } = makeKindFinder(specs.values());
const kindsFor = (text: string, most: number): string[] =>
  find(text)
    .kinds.slice(0, most)
    .map(({ spec }) => spec.kind);

/** What is wrong with the answer; undefined: it is right. */
function wrong({ phrase, kinds, exists }: EverydayPhrase): string | undefined {
  const first = kindsFor(phrase, 3);
  if (!first.some((kind) => kinds.includes(kind))) return `${phrase} → ${first.join(', ') || 'nothing'}`;
  const { missing } = find(phrase);
  if (exists === (missing === undefined)) return undefined;
  return `${phrase} ${missing === undefined ? 'does not say that there is no such kind' : `says: ${missing.sentence}`}`;
}

describe('everyday phrases', () => {
  const scored = (heldOut: boolean): EverydayPhrase[] => everydayPhrases.filter((p) => p.heldOut === heldOut);
  it('the kind or the nearest way is among the first three, and where there is no such kind it is said', () => {
    const said =
      'correct the words of the kind, nodes/find-nearest-*.ts, or the line of test/support/everyday-phrases.tsv';
    expect(
      scored(false).flatMap((phrase) => wrong(phrase) ?? []),
      said,
    ).toEqual([]);
  });
  it('so it is for most of those that were never looked at', () => {
    const held = scored(true);
    const missed = held.flatMap((phrase) => wrong(phrase) ?? []);
    process.stdout.write(`held out: ${held.length - missed.length} of ${held.length} right\n`);
    expect(1 - missed.length / held.length).toBeGreaterThanOrEqual(0.7);
  });
});

describe('what is found by mistake elsewhere', () => {
  it.each([
    ['svm', ['deploy.language', 'language.model']],
    ['melt', ['language.mask-pii', 'evaluate.model']],
    ['lag', ['language.generate', 'language.model', 'train.language-model']],
    ['pca', ['language.mask-pii']],
    ['map values', ['deploy.http']],
    ['rag', ['evaluate.judge', 'clean.select']],
    ['drift', ['split.rows']],
    ['ner', ['language.prompt', 'train.neural-network']],
  ])('%s never finds %s', (phrase, never) => {
    expect(kindsFor(phrase, 5).filter((kind) => never.includes(kind))).toEqual([]);
  });
  it.each(['zzz', 'qwrtpsdf', '!!!', ' '])('nothing is found for %j', (phrase) => {
    expect(find(phrase)).toEqual({ kinds: [] });
  });
});

describe('what is found first', () => {
  it('a title finds its kind', () => {
    const others = [...specs.values()].filter(({ kind, title }) => kindsFor(title, 1)[0] !== kind);
    expect(others.map(({ title }) => title)).toEqual([]);
  });
  it('a title that begins with what was typed stands above a synonym of that one word', () => {
    expect(['filter', 'text', 'join', 'sample'].map((word) => kindsFor(word, 1)[0])).toEqual([
      'clean.filter',
      'language.quality-filter',
      'combine.join',
      'combine.sample',
    ]);
  });
  it('every kind has five synonyms at least, each once', () => {
    for (const { kind, title, keywords } of specs.values()) {
      expect(keywords.length, kind).toBeGreaterThanOrEqual(5);
      expect(
        [title, ...keywords].filter((word, i, all) => all.indexOf(word) < i),
        kind,
      ).toEqual([]);
    }
  });
  it('a synonym finds its kind, and says so', () => {
    const lost = [...specs.values()].flatMap(({ kind, keywords }) =>
      keywords
        .filter((word) => !find(word).kinds.some(({ spec }) => spec.kind === kind))
        .map((word) => `${kind}: ${word}`),
    );
    expect(lost).toEqual([]);
    expect(find('dropna').kinds[0]).toMatchObject({ by: 'word', found: 'dropna' });
  });
  it('a title stands above a synonym, a synonym above what the help says', () => {
    const by = find('images').kinds.map((kind) => kind.by);
    expect(by.indexOf('title')).toBe(0);
  });
  it('a wire finds only what fits its end', () => {
    const takes = find('evaluate', (spec) => Object.values(spec.inputs).some(({ wire }) => wire === 'llm'));
    expect(takes.kinds.length).toBeGreaterThan(0);
    expect(takes.kinds.every(({ spec }) => Object.values(spec.inputs).some(({ wire }) => wire === 'llm'))).toBe(true);
  });
});

describe('spelling', () => {
  const letters = 'abcdefghijklmnopqrstuvwxyz';
  const edits = [...specs.values()].flatMap(({ kind, title }) => {
    const words = wordsOf(title);
    return words.flatMap((word, place) => (word.length < 5 ? [] : [{ kind, words, word, place }]));
  });
  it('one letter that is missing, added, wrong or in the wrong place still finds the kind among the first five', () => {
    const edit = fc.record({
      of: fc.constantFrom(...edits),
      how: fc.constantFrom('drop', 'add', 'replace', 'swap'),
      at: fc.nat(),
      letter: fc.constantFrom(...letters.split('')),
    });
    fc.assert(
      fc.property(edit, ({ of: { kind, words, word, place }, how, at, letter }) => {
        const i = at % (word.length - (how === 'swap' ? 1 : 0));
        const edited = {
          drop: word.slice(0, i) + word.slice(i + 1),
          add: word.slice(0, i) + letter + word.slice(i),
          replace: word.slice(0, i) + letter + word.slice(i + 1),
          swap: word.slice(0, i) + (word[i + 1] ?? '') + (word[i] ?? '') + word.slice(i + 2),
        }[how];
        // Another word that somebody means: chart, chat.
        fc.pre(edited !== word && !isNamed(edited));
        const phrase = words.with(place, edited).join(' ');
        expect(kindsFor(phrase, 5), phrase).toContain(kind);
      }),
      { numRuns: 1000 },
    );
  });
  it.each([
    ['radnom forest', 'train.gradient-boosting'],
    ['standarise', 'prepare.scale'],
    ['confusoin matrix', 'evaluate.classification'],
    ['vlokup', 'combine.join'],
  ])('%s finds %s', (phrase, kind) => expect(kindsFor(phrase, 3)).toContain(kind));
});

describe('nearest ways', () => {
  it('name kinds that there are', () => {
    expect(nearestWays.flatMap(({ kinds }) => kinds.filter((kind) => !specs.has(kind)))).toEqual([]);
  });
  it('are called as no kind is: whoever makes the kind takes the words over', () => {
    const plain = (text: string): string => wordsOf(text).join(' ');
    const taken = new Map(
      [...specs.values()].flatMap((s) => [s.title, ...s.keywords].map((text) => [plain(text), s.kind])),
    );
    const both = nearestWays.flatMap(({ title, words }) =>
      [title, ...words].flatMap((word) => (taken.has(plain(word)) ? [`${word}: ${taken.get(plain(word))}`] : [])),
    );
    expect(both).toEqual([]);
  });
  const rows = table(
    { day: 'DATE', name: 'VARCHAR', city: 'VARCHAR', month: 'INTEGER', amount: 'DOUBLE', price: 'DOUBLE' },
    [
      ['2026-01-01', 'ann,bob', 'Oslo', 1, 10, 2],
      ['2026-01-02', 'bo 7', 'Rome', 2, 25, 3],
      ['2026-01-03', 'cy', 'Oslo', 2, null, 4],
    ],
  );
  let database: Database;
  beforeAll(async () => {
    database = await Database.open({ threads: 1, memoryBytes: 2 ** 28, tempFolder: null, allowed: [] });
  });
  afterAll(() => database[Symbol.asyncDispose]());
  const tried = nearestWays.flatMap(({ title, sql, formula }) => {
    const query = sql ?? (formula === undefined ? undefined : `SELECT *, ${formula} AS made FROM rows`);
    return query === undefined ? [] : [[title, query] as const];
  });
  it.each(tried)('%s: %s', async (_title, query) => {
    const columns = Object.entries(rows.columns).map(([name, type]) => ({ name, type }));
    await new SqlJudge(database).judge(select(query, 'query'), new Map([['rows', { columns }]]));
    const made = await runSql(sqlSpec, sqlRun, { params: { query }, inputs: { rows } });
    expect(made.rows.length).toBeGreaterThan(0);
  });
});
