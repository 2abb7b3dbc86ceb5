/** What people type who come from other tools, with what they should find; the list was made from those tools' own words, before the search knew any. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';

export interface EverydayPhrase {
  phrase: string;
  /** One of these is to be among the first three. */
  kinds: readonly string[];
  /** False: there is no such kind yet, and the answer says so; the kinds are the nearest way. */
  exists: boolean;
  /** Every tenth is never looked at while words are chosen, and scored apart. */
  heldOut: boolean;
  source: string;
}

const [, ...lines] = readFileSync(join(import.meta.dirname, 'everyday-phrases.tsv'), 'utf8')
  .trimEnd()
  .split(/\r?\n/);

export const everydayPhrases: readonly EverydayPhrase[] = lines.map((line) => {
  const [phrase = '', kinds = '', exists = '', use = '', source = ''] = line.split('\t');
  return { phrase, kinds: kinds.split(','), exists: exists === 'yes', heldOut: use === 'held out', source };
});
