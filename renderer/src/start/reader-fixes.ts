/** A table that is doubtful in one way alone is read that way, and it is said: decimal commas, thousands marks, amounts with a sign, dates of another form. */
import type { Fix, Problem } from '../../../shared/errors.ts';
import { arrange, cardHeight } from '../../../shared/pipeline/arrange.ts';
import type { PipelineFile } from '../../../shared/pipeline/file.ts';
import { applyFix } from '../../../shared/pipeline/edits/fixes.ts';
import { linksOf, type Specs } from '../../../shared/pipeline/edits/ports.ts';

type SetFix = Extract<Fix, { do: 'set' }>;
type InsertFix = Extract<Fix, { do: 'insert' }>;

/** How the file is written, not what a value means: that stays a person's to say. */
const marks: readonly string[] = ['decimalMark', 'thousandsMark'];
const ofWriting: readonly string[] = ['csv.numbers-as-text', 'csv.dates-as-text'];

const onlyFix = ({ code, fixes }: Problem): Fix | undefined =>
  ofWriting.includes(code) && fixes?.length === 1 ? fixes[0] : undefined;

/** What the reader is to be told, by parameter. */
export function settingsFound(findings: readonly Problem[]): readonly SetFix[] {
  return findings.flatMap((finding) => {
    const fix = onlyFix(finding);
    return fix?.do === 'set' && marks.includes(fix.param) ? [fix] : [];
  });
}

/** Columns that a node after the reader makes numbers or dates of. */
export function stepsFound(findings: readonly Problem[]): readonly InsertFix[] {
  return findings.flatMap((finding) => {
    const fix = onlyFix(finding);
    return fix?.do === 'insert' ? [fix] : [];
  });
}

/** The columns that a finding is about, for the sentence. */
export const columnsOf = ({ facts, column }: Problem): readonly string[] => {
  const listed = facts?.['columns'];
  return Array.isArray(listed) ? listed.map(String) : column === undefined ? [] : [column];
};

/** The file with those nodes, laid out anew. */
export function withSteps(file: PipelineFile, fixes: readonly InsertFix[], specs: Specs): PipelineFile {
  if (fixes.length === 0) return file;
  const mended = structuredClone(file);
  for (const fix of fixes) applyFix(mended, fix, specs);
  return laidOut(mended);
}

/** Its cards in their lines, as a file that was made and never seen. */
export function laidOut(file: PipelineFile): PipelineFile {
  const cards = Object.keys(file.nodes).map((id) => ({ id, heightPx: cardHeight(2) }));
  const links = linksOf(file).map(({ from, to }) => ({ from: from.node, to: to.node }));
  const places = arrange(cards, links);
  return {
    ...file,
    layout: Object.fromEntries(Object.entries(places).map(([id, [x, y]]): [string, [number, number]] => [id, [x, y]])),
  };
}

/** The node whose rows Split gets: all of the file, as it is to be learnt from. */
export const lastBeforeSplit = (file: PipelineFile): string | undefined =>
  linksOf(file).find(({ to }) => file.nodes[to.node]?.kind === 'split.rows')?.from.node;
