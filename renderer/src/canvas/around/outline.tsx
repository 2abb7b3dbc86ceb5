import { specs } from '../../../../nodes/specs.ts';
import { linksOf } from '../../../../shared/pipeline/edits/ports.ts';
import { titleOf } from '../../state/documents/commands.ts';
import { useActive } from '../../state/documents/documents.ts';
import { select } from '../../state/window/view.ts';
import { t } from '../../text/t.ts';
import { canvasApi } from '../../drawing/canvas-store.ts';
import { useNodeFace } from '../cards/use-node-face.ts';
import { runOrder } from '../../drawing/walk.ts';

/** The pipeline as a list in the order in which it runs, for those who listen: a canvas alone tells them nothing. */
export function Outline() {
  const file = useActive((d) => d?.file);
  if (file === undefined) return null;
  return (
    <ol className="visually-hidden" aria-label={t('canvas.outline')}>
      {runOrder(file).map((id) => (
        <OutlineItem
          key={id}
          id={id}
          title={titleOf(file, id)}
          before={names(id, 'to', 'from')}
          after={names(id, 'from', 'to')}
        />
      ))}
    </ol>
  );

  function names(id: string, own: 'from' | 'to', other: 'from' | 'to'): string {
    return file === undefined
      ? ''
      : linksOf(file)
          .filter((l) => l[own].node === id)
          .map((l) => titleOf(file, l[other].node))
          .join(', ');
  }
}

function OutlineItem({ id, title, before, after }: { id: string; title: string; before: string; after: string }) {
  const face = useNodeFace(id);
  const kind = useActive((d) => d?.file.nodes[id]?.kind ?? '');
  if (face === undefined) return null;
  const needsInput = Object.keys(specs.get(kind)?.inputs ?? {}).length > 0;
  return (
    <li>
      <button
        type="button"
        tabIndex={-1}
        onClick={() => {
          select({ nodes: [id] });
          canvasApi()?.reveal(id);
        }}
      >
        {t('canvas.outlineItem', { title, state: face.word, summary: face.line })}{' '}
        {before ? t('canvas.outlineInputs', { names: before }) : needsInput ? t('canvas.outlineNoInputs') : ''}{' '}
        {after && t('canvas.outlineOutputs', { names: after })}
      </button>
    </li>
  );
}
