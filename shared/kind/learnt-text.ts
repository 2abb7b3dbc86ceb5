/** Which column of texts a learner reads. */
import { typeFamily, type Column } from '../wires.ts';
import { pickColumns } from './columns.ts';
import type { Finding } from './define-spec.ts';
import { targetOf } from './learner.ts';

interface TextChoice {
  target: string;
  column: string;
}

/** The one that is named, or the only one there is beside the target. */
export function learntText(params: TextChoice, columns: readonly Column[]): Column | undefined {
  if (params.column !== '') return columns.find((c) => c.name === params.column);
  const texts = textsOf(params.target, columns);
  return texts.length === 1 ? texts[0] : undefined;
}

const textsOf = (named: string, columns: readonly Column[]): Column[] => {
  const target = targetOf({ target: named, columns: { by: 'all' } }, columns)?.name;
  return pickColumns({ by: 'type', type: 'text' }, columns).filter(
    (c) => c.name !== target && typeFamily(c.type) === 'text',
  );
};

/** @param none what can be done where there is no text at all, and which parameter says so */
export function noLearntText(
  { target }: TextChoice,
  columns: readonly Column[],
  none: { param: string; mend: string },
): Finding {
  const texts = textsOf(target, columns);
  if (texts.length === 0)
    return { code: 'train.no-text', message: 'There is no column of texts to learn from.', ...none };
  return {
    code: 'train.several-texts',
    message: `There are ${texts.length} columns of texts: ${texts.map((c) => c.name).join(', ')}.`,
    mend: 'Choose one of them.',
    param: 'column',
  };
}
