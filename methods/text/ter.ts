/**
 * Translation edit rate (Snover et al., 2006) over a corpus, equal to sacreBLEU 2.6.0 at its defaults: the fewest edits (a shift of a block of words counts one) that
 * make a text its reference, over the mean length of the references; in per cent, above 100 where more is wrong than there is. Case is ignored, words are what stands
 * between white space. Of several references the nearest gives the edits.
 */
import { smallest } from '../../shared/append.ts';
import { sacreBleu } from './bleu.ts';
import type { TextMetric } from './text-metric.ts';
import { translationEdits } from './translation-edits.ts';
import { splitWords } from './white-space.ts';

const words = (text: string): string[] => splitWords(text.toLowerCase());

/** Numbers of a pair: edits, mean length of the references in words. */
export function ter(): TextMetric {
  return {
    name: 'ter',
    title: 'TER',
    better: 'lower',
    scale: 100,
    statistics: (candidate, references) => {
      const said = words(candidate);
      const wanted = references.map(words);
      const edits = wanted.map((reference) => translationEdits(said, reference));
      return [smallest(edits), wanted.reduce((sum, reference) => sum + reference.length, 0) / wanted.length];
    },
    score: ([edits = 0, length = 0]) => (length > 0 ? (100 * edits) / length : edits > 0 ? 100 : 0),
    signature: (references) => `nrefs:${references}|case:lc|tok:tercom|norm:no|punct:yes|asian:no|version:${sacreBleu}`,
  };
}
