/** What the command search offers for a text, best first. */
import type { LucideIcon } from 'lucide-react';
import { specs } from '../../../nodes/specs.ts';
import { actions, shortcutOf } from '../actions/registry.ts';
import { addBeside } from '../canvas/canvas-commands.ts';
import { canvasApi } from '../canvas/canvas-store.ts';
import { searchKinds } from '../palette/search-kinds.ts';
import { checkOf } from '../state/check.ts';
import { titleOf } from '../state/commands.ts';
import { activeDocument, useDocuments } from '../state/documents.ts';
import { documentTitle } from '../state/files.ts';
import { revealNode, showScreen } from '../state/view.ts';
import { t } from '../text/t.ts';
import { kindIcon } from '../theme/kind-icon.ts';

export interface Found {
  kind: 'action' | 'node' | 'add' | 'column' | 'pipeline';
  id: string;
  title: string;
  about: string;
  icon?: LucideIcon | undefined;
  shortcut?: string | undefined;
  run: () => void;
}
const mostOfAKind = 8;

export function findEverything(text: string): Found[] {
  const query = text.trim().toLowerCase();
  const rank = (found: Found): number => {
    const title = found.title.toLowerCase();
    return title.startsWith(query) ? 3 : title.includes(` ${query}`) ? 2 : title.includes(query) ? 1 : 0;
  };
  const best = (all: Found[], most = mostOfAKind): Found[] =>
    all
      .map((found) => ({ found, score: query === '' ? 1 : rank(found) }))
      .filter((f) => f.score > 0)
      .sort((a, b) => b.score - a.score)
      .slice(0, most)
      .map((f) => f.found);
  const found = [...best(findActions(), query === '' ? 60 : mostOfAKind), ...best(findPipelines())];
  if (query === '') return found;
  return [...best(findNodes()), ...found, ...findKinds(text), ...best(findColumns())];
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

function findKinds(text: string): Found[] {
  if (activeDocument() === undefined || canvasApi() === null) return [];
  return searchKinds(specs.values(), { text })
    .slice(0, 5)
    .map(({ spec }) => ({
      kind: 'add',
      id: `add ${spec.kind}`,
      title: spec.title,
      about: t('canvas.add'),
      icon: kindIcon(spec),
      run: () => addBeside(spec),
    }));
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
