/** Says where two windows touched the same, what became of it, and offers the other way. */
import type { Change, Place, SetChange } from '../../../../shared/pipeline/changes.ts';
import { isMember, nodesNeeded, valueAt } from '../../../../shared/pipeline/changes.ts';
import type { PipelineFile } from '../../../../shared/pipeline/file.ts';
import type { Clash } from '../../../../shared/pipeline/merge.ts';
import { nodeTitle } from '../../../../shared/pipeline/node-title.ts';
import { kindFacts } from '../../../../nodes/kind-facts.ts';
import { own } from '../../../../shared/own.ts';
import { t } from '../../text/t.ts';
import { documentOf, editPlaces } from './documents.ts';
import { toast } from '../window/toasts.ts';

/** @param before the pipeline as it was before the other window's change: what it removed is in it */
export function reportClashes(draft: string, clashes: readonly Clash[], before: PipelineFile): void {
  const [first] = clashes;
  if (first === undefined) return;
  const place = sayPlace(documentOf(draft)?.file ?? before, before, first.at);
  const values = { place, more: clashes.length - 1 };
  toast({
    tone: 'warn',
    title: t(`app.together.${first.why}`, values),
    detail: clashes.length > 1 ? t('app.together.more', { count: clashes.length - 1 }) : undefined,
    action: otherWay(draft, clashes, before),
  });
}

/** The other window was told that its value stands; this one had the other value. */
export function reportOverwritten(draft: string, theirs: readonly SetChange[]): void {
  const [first] = theirs;
  const now = documentOf(draft)?.file;
  if (first === undefined || now === undefined) return;
  const takeBack = (): void => {
    const file = documentOf(draft)?.file;
    if (file === undefined) return;
    const back = theirs.map(({ at, from }) => setting(file, at, from));
    editPlaces(t('app.together.takeMine'), back, draft);
  };
  toast({
    tone: 'warn',
    title: t('app.together.theirs', { place: sayPlace(now, now, first.at) }),
    detail: theirs.length > 1 ? t('app.together.more', { count: theirs.length - 1 }) : undefined,
    action: { title: t('app.together.takeMine'), run: takeBack },
  });
}

function otherWay(
  draft: string,
  clashes: readonly Clash[],
  before: PipelineFile,
): { title: string; run: () => void } | undefined {
  const overwritten = clashes.filter((clash) => clash.why === 'both');
  if (overwritten.length > 0)
    return {
      title: t('app.together.takeTheirs'),
      run: () => {
        const file = documentOf(draft)?.file;
        if (file === undefined) return;
        const back = overwritten.map(({ at, theirs }) => setting(file, at, theirs));
        editPlaces(t('app.together.takeTheirs'), back, draft);
      },
    };
  const lost = clashes.filter((clash) => clash.why === 'gone');
  if (lost.length === 0) return undefined;
  return {
    title: t('app.together.bringBack'),
    run: () => {
      const file = documentOf(draft)?.file;
      if (file === undefined) return;
      const back = bringBack(
        file,
        before,
        lost.map(({ change }) => change),
      );
      editPlaces(t('app.together.bringBack'), back, draft);
    },
  };
}

function setting(file: PipelineFile, at: Place, to: ReturnType<typeof valueAt>): Change {
  const from = valueAt(file, at);
  return { at: [...at], ...(from === undefined ? {} : { from }), ...(to === undefined ? {} : { to }) };
}

/** The nodes that the other window removed, as they were, with their cards and wires, and then our changes of them. */
function bringBack(file: PipelineFile, before: PipelineFile, changes: readonly Change[]): Change[] {
  const ids = new Set(
    changes
      .flatMap((change) => (isMember(change) || change.at[0] !== 'nodes' ? nodesNeeded(change) : [change.at[1] ?? '']))
      .filter((id) => Object.hasOwn(before.nodes, id) && !Object.hasOwn(file.nodes, id)),
  );
  const nodes = [...ids].flatMap((id) => [
    setting(file, ['nodes', id], valueAt(before, ['nodes', id])),
    ...(before.layout[id] === undefined ? [] : [setting(file, ['layout', id], before.layout[id])]),
  ]);
  const isThere = (id: string): boolean => ids.has(id) || Object.hasOwn(file.nodes, id);
  const wires = before.wires
    .map((item): Change & { item: string } => ({ in: ['wires'], item, to: file.wires.length }))
    .filter(
      (wire) =>
        !file.wires.includes(wire.item) &&
        nodesNeeded(wire).some((id) => ids.has(id)) &&
        nodesNeeded(wire).every((id) => isThere(id)),
    );
  const again = changes.filter((change) => !isMember(change) || !wires.some(({ item }) => item === change.item));
  return [...nodes, ...wires, ...again];
}

/** What a person calls a place: "Trees of Gradient boosting". */
function sayPlace(file: PipelineFile, before: PipelineFile, at: Place): string {
  const [kind, id = '', field, param = ''] = at;
  if (kind === 'wires') return t('app.together.wire', { wire: id });
  if (kind !== 'nodes') return id === '' ? String(kind) : `${kind}: ${id}`;
  const node = file.nodes[id] ?? before.nodes[id];
  const spec = kindFacts.get(node?.kind ?? '');
  const title = nodeTitle(node, spec) ?? id;
  if (field === undefined) return title;
  const name = field === 'params' ? (own(spec?.settings, param)?.toLowerCase() ?? param) : field;
  return t('app.together.place', { param: name, title });
}
