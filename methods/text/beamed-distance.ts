/**
 * Levenshtein distance to one reference, in a band around the diagonal as sacreBLEU's TER keeps it (25 places, or more where the lengths differ much), with the edits
 * that give it. Rows of the last text are kept: shifted texts share their beginning with it.
 */
const beam = 25;
const never = 1e16;
const kept = 1;
const replaced = 2;
const inserted = 3;
const deleted = 4;

export interface Alignment {
  /** For each word of the reference, the word of the text that it goes with (−1: before the first). */
  places: readonly number[];
  wrongSaid: readonly boolean[];
  wrongWanted: readonly boolean[];
}
export interface BeamedDistance {
  of: (words: readonly number[]) => number;
  align: (words: readonly number[]) => Alignment;
}

/** @param reference words as numbers; not empty. Texts asked for must all have one length. */
export function beamedDistance(reference: readonly number[]): BeamedDistance {
  const width = reference.length + 1;
  const costs = [Float64Array.from({ length: width }, (_, i) => i)];
  const edits = [new Uint8Array(width).fill(inserted)];
  let known: readonly number[] = [];

  const fill = (words: readonly number[]): void => {
    const ratio = words.length === 0 ? 1 : reference.length / words.length;
    const reach = beam < ratio / 2 ? Math.ceil(ratio / 2 + beam) : beam;
    let row = 1;
    while (row <= known.length && row <= words.length && known[row - 1] === words[row - 1]) row++;
    for (; row <= words.length; row++) {
      const diagonal = Math.floor(row * ratio);
      const end = row === words.length ? width : Math.min(width, diagonal + reach);
      (costs[row] ??= new Float64Array(width)).fill(never);
      (edits[row] ??= new Uint8Array(width)).fill(0);
      fillRow(row, words[row - 1] ?? -1, Math.max(0, diagonal - reach), end);
    }
    known = words;
  };

  const fillRow = (row: number, word: number, from: number, to: number): void => {
    const above = costs[row - 1] ?? new Float64Array(width);
    const here = costs[row] ?? new Float64Array(width);
    const how = edits[row] ?? new Uint8Array(width);
    for (let j = from; j < to; j++) {
      if (j === 0) {
        here[0] = (above[0] ?? 0) + 1;
        how[0] = deleted;
        continue;
      }
      const isSame = word === reference[j - 1];
      let cost = (above[j - 1] ?? never) + (isSame ? 0 : 1);
      let edit = isSame ? kept : replaced;
      // Of equal costs the first named wins; the shifts that are found depend on it.
      if ((above[j] ?? never) + 1 < cost) [cost, edit] = [(above[j] ?? never) + 1, deleted];
      if ((here[j - 1] ?? never) + 1 < cost) [cost, edit] = [(here[j - 1] ?? never) + 1, inserted];
      if (cost >= never) continue;
      here[j] = cost;
      how[j] = edit;
    }
  };

  return {
    of: (words) => {
      fill(words);
      return costs[words.length]?.[reference.length] ?? never;
    },
    align: (words) => {
      fill(words);
      return alignmentOf(edits, words.length, reference.length);
    },
  };
}

/** Walks the edits back from the end of both. */
function alignmentOf(edits: readonly Uint8Array[], said: number, wanted: number): Alignment {
  const places = Array.from({ length: wanted }, () => -1);
  const wrongSaid = Array.from({ length: said }, () => false);
  const wrongWanted = Array.from({ length: wanted }, () => false);
  let [i, j] = [said, wanted];
  while (i > 0 || j > 0) {
    const edit = edits[i]?.[j];
    if (edit === inserted) {
      j--;
      places[j] = i - 1;
      wrongWanted[j] = true;
    } else if (edit === deleted) {
      i--;
      wrongSaid[i] = true;
    } else {
      i--;
      j--;
      places[j] = i;
      wrongSaid[i] = wrongWanted[j] = edit !== kept;
    }
  }
  return { places, wrongSaid, wrongWanted };
}
