/** What the command search offers for a text, best first. */
import type { LucideIcon } from 'lucide-react';
import { makePhraseFinder } from '../../../../nodes/find-phrases.ts';
import { specs } from '../../../../nodes/specs.ts';
import { actions, shortcutOf } from '../../actions/registry.ts';
import { addBeside } from '../../drawing/canvas-commands.ts';
import { canvasApi } from '../../drawing/canvas-store.ts';
import { sayFound } from '../../kinds/nothing-fits.tsx';
import { searchKinds } from '../../kinds/search-kinds.ts';
import { checkOf } from '../../state/runs/check.ts';
import { titleOf } from '../../state/documents/commands.ts';
import { activeDocument, useDocuments } from '../../state/documents/documents.ts';
import { documentTitle } from '../../state/files/files.ts';
import { revealNode, showScreen } from '../../state/window/view.ts';
import { t } from '../../text/t.ts';
import { kindIcon } from '../../theme/kind-icon.ts';

export interface Found {
  kind: 'action' | 'node' | 'add' | 'column' | 'pipeline';
  id: string;
  title: string;
  about: string;
  icon?: LucideIcon | undefined;
  shortcut?: string | undefined;
  run: () => void;
}
/** What is found equally well comes in this order. */
const order: readonly Found['kind'][] = ['node', 'action', 'pipeline', 'add', 'column'];
const mostOfAKind = 8;

export interface Everything {
  found: Found[];
  /** That no kind does what is asked for, with the nearest way. */
  missing?: string;
}

/** Over what there is now: made when the search is opened. */
export function makeEverythingFinder(): (text: string) => Everything {
  const [acts, pipelines] = [findActions(), findPipelines()];
  const finder = makePhraseFinder<Found, 'title' | 'id'>(
    [...acts, ...pipelines, ...findNodes(), ...findColumns()].map((item) => ({
      item,
      phrases: [
        { text: item.title, as: 'title', weight: 1 },
        ...(item.kind === 'node' ? [{ text: item.about, as: 'id' as const, weight: 0.9 }] : []),
      ],
    })),
  );
  return (text) => {
    if (text.trim() === '') return { found: [...acts, ...pipelines] };
    const kinds = findKinds(text);
    const all = [...finder.find(text).map(({ item, score }) => ({ item, score })), ...kinds.found];
    // What is found nearly as well keeps the order of its kind, so that a list does not jump while one types.
    const rank = ({ score }: { score: number }): number => Math.round(score * 5);
    const counts = new Map<Found['kind'], number>();
    const found = all
      .sort((a, b) => rank(b) - rank(a) || order.indexOf(a.item.kind) - order.indexOf(b.item.kind) || b.score - a.score)
      .filter(({ item: { kind } }) => {
        counts.set(kind, (counts.get(kind) ?? 0) + 1);
        return (counts.get(kind) ?? 0) <= mostOfAKind;
      })
      .map(({ item }) => item);
    return { found, ...(kinds.missing === undefined ? {} : { missing: kinds.missing }) };
  };
}

function findActions(): Found[] {
  return actions()
    .filter((action) => action.hidden !== true && (action.when?.() ?? true))
    .map((action) => ({
      kind: 'action',
      id: action.id,
      title: action.title(),
      about: t(`actions.groups.${action.group}`),
      icon: action.icon,
      shortcut: shortcutOf(action.id),
      run: action.run,
    }));
}

function findNodes(): Found[] {
  const file = activeDocument()?.file;
  if (file === undefined) return [];
  return Object.entries(file.nodes).map(([id, node]) => ({
    kind: 'node',
    id: `node ${id}`,
    title: titleOf(file, id),
    about: id,
    icon: kindIcon(specs.get(node.kind)),
    run: () => revealNode(id),
  }));
}

function findPipelines(): Found[] {
  const { order, documents, active } = useDocuments.getState();
  return order.flatMap((draft): Found[] => {
    const document = documents[draft];
    if (document === undefined || draft === active) return [];
    return [
      {
        kind: 'pipeline',
        id: `pipeline ${draft}`,
        title: documentTitle(document),
        about: t('app.screens.pipeline'),
        run: () => {
          useDocuments.setState({ active: draft });
          showScreen({ name: 'pipeline' });
        },
      },
    ];
  });
}

function findKinds(text: string): { found: { item: Found; score: number }[]; missing?: string } {
  if (activeDocument() === undefined || canvasApi() === null) return { found: [] };
  const { hits, missing } = searchKinds(specs, { text });
  return {
    found: hits.slice(0, 5).map((hit) => ({
      score: hit.score,
      item: {
        kind: 'add',
        id: `add ${hit.spec.kind}`,
        title: hit.spec.title,
        about: [sayFound(hit), t('canvas.add')].filter((part) => part !== undefined).join(' · '),
        icon: kindIcon(hit.spec),
        run: () => addBeside(hit.spec),
      },
    })),
    ...(missing === undefined ? {} : { missing }),
  };
}

/** Columns by the first node that has them. */
function findColumns(): Found[] {
  const document = activeDocument();
  if (document === undefined) return [];
  const seen = new Map<string, string>();
  for (const [end, schema] of Object.entries(checkOf(document.draft)?.schemas ?? {})) {
    const node = end.slice(0, end.lastIndexOf('.'));
    for (const column of schema.columns)
      if (!column.name.startsWith('__') && !seen.has(column.name)) seen.set(column.name, node);
  }
  return [...seen].map(([name, node]) => ({
    kind: 'column',
    id: `column ${name}`,
    title: name,
    about: titleOf(document.file, node),
    run: () => revealNode(node),
  }));
}
