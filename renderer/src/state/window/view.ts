/** What the window shows: the screen, the selection, the panels, the theme. Nothing of it is in a pipeline's file. */
import { create } from 'zustand';
import { persist } from 'zustand/middleware';
import { useDocuments } from '../documents/documents.ts';

export type Screen =
  | { name: 'start' }
  | { name: 'pipeline' }
  | { name: 'runs'; run?: string }
  | { name: 'models'; model?: string; version?: number }
  | { name: 'services'; service?: string }
  /** Labels given by hand, of a node that has them. */
  | { name: 'labels'; node: string }
  | { name: 'language'; page?: 'playground' | 'files' }
  | { name: 'clusters' }
  /** A report in full size: its artifact key, and the node that made it. */
  | { name: 'report'; key: string; node: string };
export type DrawerTab =
  | 'preview'
  | 'profile'
  | 'charts'
  | 'changes'
  | 'schema'
  | 'report'
  | 'training'
  | 'log'
  | 'code'
  | 'problems';
export type Theme = 'system' | 'light' | 'dark';

export interface Selection {
  nodes: readonly string[];
  /** Wires in the text of the file. */
  wires: readonly string[];
}
export const nothingSelected: Selection = { nodes: [], wires: [] };
export interface Viewport {
  x: number;
  y: number;
  zoom: number;
}

interface ViewState {
  screen: Screen;
  selections: Readonly<Record<string, Selection>>;
  /** The port whose data the drawer shows, when a person chose one (a wire, a port) other than the selected node's first. */
  previewPort: Readonly<Record<string, { node: string; port: string } | undefined>>;
  /** An output that the drawer keeps while other nodes are selected. */
  pinned: Readonly<Record<string, { node: string; port: string } | undefined>>;
  drawerTab: DrawerTab;
  /** The parameter that a problem leads to: the inspector brings it into view. */
  focusParam: { node: string; param: string } | null;
}
export const useView = create<ViewState>()(() => ({
  screen: { name: 'start' },
  selections: {},
  previewPort: {},
  pinned: {},
  drawerTab: 'preview',
  focusParam: null,
}));

interface KeptView {
  theme: Theme;
  /** Null: where the window has room for it. */
  paletteOpen: boolean | null;
  /** Null: where the window has room for it, and while something is selected. */
  inspectorOpen: boolean | null;
  drawerOpen: boolean;
  paletteWidth: number;
  inspectorWidth: number;
  /** Null: as high as its content, and no higher than the window allows. */
  drawerHeight: number | null;
  /** Kinds that were added last, newest first. */
  recentKinds: readonly string[];
  /** By the pipeline's path. */
  viewports: Readonly<Record<string, Viewport>>;
  foldedCategories: readonly string[];
  /** Folded sections of the inspector: kind and title. */
  foldedSections: readonly string[];
  /** Keys that a person gave to actions, by the action's id. */
  ownKeys: Readonly<Record<string, string>>;
  /** Name of the target that runs go to; null: this machine. */
  runTarget: string | null;
  /** In how many parts a pipeline's rows are computed where they lie in several files, by its path; none: as many as the memory asks for. */
  runParts: Readonly<Record<string, number>>;
}
/** What a person arranged, kept on this computer. */
export const useKept = create<KeptView>()(
  persist(
    (): KeptView => ({
      theme: 'system',
      paletteOpen: null,
      inspectorOpen: null,
      drawerOpen: true,
      paletteWidth: 224,
      inspectorWidth: 304,
      drawerHeight: null,
      recentKinds: [],
      viewports: {},
      foldedCategories: [],
      foldedSections: [],
      ownKeys: {},
      runTarget: null,
      runParts: {},
    }),
    {
      name: 'flowyard.view',
      version: 2,
      // Until version 2 panels were open whether a person wanted them or not, and views were kept that nobody chose.
      migrate: (kept: unknown, version): unknown =>
        version >= 2 || typeof kept !== 'object' || kept === null
          ? kept
          : { ...kept, paletteOpen: null, inspectorOpen: null, drawerHeight: null, viewports: {} },
    },
  ),
);

export const showScreen = (screen: Screen): void => useView.setState({ screen });
export const showDrawer = (drawerTab: DrawerTab): void => {
  useView.setState({ drawerTab });
  useKept.setState({ drawerOpen: true });
};

/** The selection of the pipeline in front. */
export function useSelection<T>(slice: (selection: Selection) => T): T {
  const draft = useDocuments((s) => s.active);
  return useView((s) => slice((draft === null ? undefined : s.selections[draft]) ?? nothingSelected));
}
export function selection(): Selection {
  const draft = useDocuments.getState().active;
  return (draft === null ? undefined : useView.getState().selections[draft]) ?? nothingSelected;
}
export function select(chosen: Partial<Selection>): void {
  const draft = useDocuments.getState().active;
  if (draft === null) return;
  const next: Selection = { nodes: chosen.nodes ?? [], wires: chosen.wires ?? [] };
  const now = selection();
  if (same(now.nodes, next.nodes) && same(now.wires, next.wires)) return;
  useView.setState((s) => ({
    selections: { ...s.selections, [draft]: next },
    previewPort: { ...s.previewPort, [draft]: undefined },
  }));
}
const same = (a: readonly string[], b: readonly string[]): boolean =>
  a.length === b.length && a.every((id, i) => id === b[i]);

/** The one node that the inspector shows: the only selected one. */
export const useSelectedNode = (): string | undefined =>
  useSelection((s) => (s.nodes.length === 1 ? s.nodes[0] : undefined));

/** Leads the eye to a node, and to one of its parameters: selects it; the canvas brings it into view. */
export function revealNode(node: string, param?: string): void {
  useView.setState({ screen: { name: 'pipeline' } });
  select({ nodes: [node] });
  useView.setState({ focusParam: param === undefined ? null : { node, param } });
  revealListeners.forEach((listener) => listener(node));
}
const revealListeners = new Set<(node: string) => void>();
export function onReveal(listener: (node: string) => void): () => void {
  revealListeners.add(listener);
  return () => revealListeners.delete(listener);
}
