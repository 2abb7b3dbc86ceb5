/** What a person does on the canvas, each as one step of the history. */
import { kindFacts } from '../../../nodes/kind-facts.ts';
import { smallest } from '../../../shared/append.ts';
import { cardWidth, columnPx, readingFrame } from '../../../shared/pipeline/arrange.ts';
import type { PipelineFile, PipelineNode, WireEnd, WireLink } from '../../../shared/pipeline/file.ts';
import type { AnySpec } from '../../../shared/kind/define-spec.ts';
import {
  fragmentText,
  parseFragment,
  pasteFragment,
  planPaste,
  takeFragment,
  type Fragment,
} from '../../../shared/pipeline/edits/clipboard.ts';
import {
  addNode,
  addWire,
  freeId,
  freeShift,
  insertOnWire,
  makeRoom,
  moveNodes,
  removeNodes,
  removeWires,
  type Point,
} from '../../../shared/pipeline/edits/graph.ts';
import { portsOf } from '../../../shared/pipeline/edits/ports.ts';
import { whyNotConnect } from '../../../shared/pipeline/edits/why-not-connect.ts';
import { fittingPort } from '../../../shared/pipeline/fitting-port.ts';
import { announce } from '../theme/announce.ts';
import { changeDisabled, titleOf } from '../state/documents/commands.ts';
import { activeDocument, edit } from '../state/documents/documents.ts';
import { toast } from '../state/window/toasts.ts';
import { select, selection, useKept } from '../state/window/view.ts';
import { sayRefusal } from '../state/documents/say-refusal.ts';
import { t } from '../text/t.ts';
import { cardsOf, heightOf, type DrawnSizes } from './card-sizes.ts';
import { canvasApi, type WireDrag } from './canvas-store.ts';
import { tidy } from './tidy.ts';

const drawnSizes = (): DrawnSizes => canvasApi()?.sizes() ?? new Map();
const roomForCards = (): Point => canvasApi()?.room() ?? readingFrame;

export interface AddOptions {
  at: Point;
  /** The end that it is wired to. */
  from?: WireDrag | undefined;
  /** The wire that it is put into. */
  into?: WireLink | undefined;
  params?: PipelineNode['params'];
  /** What is selected stays so: the results below are still of what a person looks at. */
  keepSelection?: boolean;
}

/** Adds a node, wired if asked, selects it, and gives its id. */
export function addKind(
  spec: AnySpec,
  { at, from, into, params, keepSelection = false }: AddOptions,
): string | undefined {
  const file = activeDocument()?.file;
  if (file === undefined) return undefined;
  const id = freeId(file, spec.title);
  edit({
    label: into ? t('canvas.steps.insert', { title: spec.title }) : t('canvas.steps.add', { title: spec.title }),
    edit: (draft) => {
      addNode(
        draft,
        { id, spec, at: besideSource(file, at, from), ...(params ? { params } : {}) },
        cardsOf(file, drawnSizes()),
      );
      if (into && insertOnWire(draft, id, into, kindFacts)) makeRoom(draft, id);
      if (!from) return;
      const port = fittingPort(spec, { wire: from.wire, needs: from.side === 'output' ? 'input' : 'output' });
      if (port === undefined) return;
      const own: WireEnd = { node: id, port };
      const other: WireEnd = { node: from.node, port: from.port };
      addWire(draft, from.side === 'output' ? { from: other, to: own } : { from: own, to: other }, kindFacts);
    },
  });
  useKept.setState((s) => ({ recentKinds: [spec.kind, ...s.recentKinds.filter((k) => k !== spec.kind)].slice(0, 6) }));
  if (!keepSelection) select({ nodes: [id] });
  showOnceDrawn(id);
  announce(t('canvas.announce.added', { title: spec.title }));
  return id;
}

/** Once the canvas knows it: a node that lands outside is brought into view. */
export const showOnceDrawn = (id: string): void => void setTimeout(() => canvasApi()?.reveal(id), 50);

/** A node that is wired to a near one stands in its row, clear of it. */
function besideSource(file: PipelineFile, at: Point, from: WireDrag | undefined): Point {
  const source = from && file.layout[from.node];
  if (!source || Math.abs(at[1] - source[1]) > 50) return at;
  const x = from.side === 'output' ? Math.max(at[0], source[0] + columnPx) : Math.min(at[0], source[0] - columnPx);
  return [x, source[1]];
}

/** The outputs of the only selected node, as ends from which a wire may begin. */
export function endsOfSelection(): WireDrag[] {
  const file = activeDocument()?.file;
  const { nodes } = selection();
  const node = nodes.length === 1 ? nodes[0] : undefined;
  if (file === undefined || node === undefined) return [];
  return Object.entries(portsOf(file, node, kindFacts).outputs).map(([port, { wire }]) => ({
    node,
    port,
    wire,
    side: 'output',
  }));
}

/** The inputs of the only selected node that nothing is wired to. */
function openInputsOfSelection(): WireDrag[] {
  const file = activeDocument()?.file;
  const { nodes } = selection();
  const node = nodes.length === 1 ? nodes[0] : undefined;
  if (file === undefined || node === undefined) return [];
  return Object.entries(portsOf(file, node, kindFacts).inputs)
    .filter(([port, { optional }]) => optional !== true && !file.wires.some((w) => w.endsWith(` -> ${node}.${port}`)))
    .map(([port, { wire }]) => ({ node, port, wire, side: 'input' }));
}

/** Adds a node beside the selection, wired to it where that fits: what takes nothing, such as a reader, feeds an input that is still open. */
export function addBeside(spec: AnySpec): void {
  const from =
    endsOfSelection().find((end) => fittingPort(spec, { wire: end.wire, needs: 'input' }) !== undefined) ??
    (Object.keys(spec.inputs).length > 0
      ? undefined
      : openInputsOfSelection().find((end) => fittingPort(spec, { wire: end.wire, needs: 'output' }) !== undefined));
  addKind(spec, { at: canvasApi()?.placeForNew() ?? [0, 0], from });
}

/** Opens the search for what may follow the selected node. */
export function searchAfterSelection(): void {
  const from = endsOfSelection()[0];
  if (from === undefined) canvasApi()?.quickAdd();
  else canvasApi()?.quickAddAfter(from);
}

/** Draws a wire, or says why not. */
export function connectEnds(from: WireEnd, to: WireEnd, replacing?: string): boolean {
  const file = activeDocument()?.file;
  if (file === undefined) return false;
  const without = replacing === undefined ? file : { ...file, wires: file.wires.filter((w) => w !== replacing) };
  const refusal = whyNotConnect(without, kindFacts, from, to);
  if (refusal !== null) {
    if (refusal.code !== 'exists') toast({ tone: 'warn', title: sayRefusal(file, refusal) });
    return false;
  }
  const names = { from: titleOf(file, from.node), to: titleOf(file, to.node) };
  edit({
    label: t('canvas.steps.connect', names),
    edit: (draft) => {
      if (replacing !== undefined) removeWires(draft, [replacing]);
      addWire(draft, { from, to }, kindFacts);
    },
  });
  announce(t('canvas.announce.connected', names));
  return true;
}

/** Deletes what is selected: nodes (closing the gap with `heal`) and wires. */
export function deleteSelection(heal: boolean): void {
  const file = activeDocument()?.file;
  const { nodes, wires } = selection();
  if (file === undefined || nodes.length + wires.length === 0) return;
  edit({
    label:
      nodes.length === 0
        ? t('canvas.steps.removeWire')
        : t('canvas.steps.remove', { count: nodes.length, title: titleOf(file, nodes[0] ?? '') }),
    edit: (draft) => {
      removeWires(draft, wires);
      removeNodes(draft, nodes, kindFacts, heal);
    },
  });
  select({});
  if (nodes.length > 0) announce(t('canvas.announce.removed', { count: nodes.length }));
}

export function cutWire(text: string): void {
  edit({ label: t('canvas.steps.removeWire'), edit: (draft) => removeWires(draft, [text]) });
}

/** Where cards were dropped. `into`: the wire under a single card. */
export function dropNodes(positions: Readonly<Record<string, Point>>, into?: WireLink): void {
  const file = activeDocument()?.file;
  const ids = Object.keys(positions);
  if (file === undefined || ids.length === 0) return;
  edit({
    label: t('canvas.steps.move', { count: ids.length, title: titleOf(file, ids[0] ?? '') }),
    edit: (draft) => {
      moveNodes(draft, positions);
      if (into && ids[0] !== undefined && insertOnWire(draft, ids[0], into, kindFacts)) makeRoom(draft, ids[0]);
    },
  });
}

/** Moves the selected cards by keys; several presses are one step. */
export function nudge(dx: number, dy: number): void {
  const file = activeDocument()?.file;
  const { nodes } = selection();
  if (file === undefined || nodes.length === 0) return;
  const positions = Object.fromEntries(
    nodes.map((id): [string, Point] => [id, [(file.layout[id]?.[0] ?? 0) + dx, (file.layout[id]?.[1] ?? 0) + dy]]),
  );
  edit({
    label: t('canvas.steps.move', { count: nodes.length, title: titleOf(file, nodes[0] ?? '') }),
    mergeKey: `nudge ${nodes.join(' ')}`,
    edit: (draft) => moveNodes(draft, positions),
  });
}

export function toggleDisabled(): void {
  const file = activeDocument()?.file;
  const { nodes } = selection();
  if (file === undefined || nodes.length === 0) return;
  changeDisabled(nodes, !nodes.every((id) => file.nodes[id]?.disabled === true));
}

/** What was copied last in this window, for when the system's clipboard is closed to us. */
let lastCopied = '';

export async function copySelection(): Promise<void> {
  const file = activeDocument()?.file;
  const { nodes } = selection();
  if (file === undefined || nodes.length === 0) return;
  lastCopied = fragmentText(takeFragment(file, nodes));
  toast({ tone: 'plain', title: t('app.toast.copied', { count: nodes.length }) });
  await navigator.clipboard?.writeText(lastCopied).catch(() => undefined);
}

export async function pasteClipboard(): Promise<void> {
  const text = await navigator.clipboard?.readText().catch(() => '');
  if (!pasteText(text ?? '') && !pasteText(lastCopied)) toast({ tone: 'plain', title: t('app.toast.nothingToPaste') });
}

/** Adds the nodes that a text holds; false when it holds none. */
export function pasteText(text: string): boolean {
  const file = activeDocument()?.file;
  const piece = parseFragment(text);
  if (file === undefined || piece === null || Object.keys(piece.nodes).length === 0) return false;
  const ids = planPaste(file, piece);
  putPiece(t('canvas.steps.paste', { count: ids.size }), file, piece, ids, canvasApi()?.middle() ?? [0, 0]);
  select({ nodes: [...ids.values()] });
  return true;
}

/** The piece as it is, at the nearest place where all of it is free. */
function putPiece(
  label: string,
  file: PipelineFile,
  piece: Fragment,
  ids: ReadonlyMap<string, string>,
  at: Point,
): void {
  const standing = cardsOf(file, drawnSizes());
  edit({
    label,
    edit: (draft) => {
      pasteFragment(draft, piece, ids, at);
      const made = [...ids.values()];
      const cards = made.map((id) => {
        const [x, y] = draft.layout[id] ?? [0, 0];
        return { x, y, width: cardWidth, height: heightOf(draft, id, new Map()) };
      });
      const [dx, dy] = freeShift(cards, standing);
      for (const id of made) {
        const [x, y] = draft.layout[id] ?? [0, 0];
        draft.layout[id] = [x + dx, y + dy];
      }
    },
  });
}

export function duplicateSelection(): void {
  const file = activeDocument()?.file;
  const { nodes } = selection();
  if (file === undefined || nodes.length === 0) return;
  const piece = takeFragment(file, nodes);
  const ids = planPaste(file, piece);
  const places = Object.values(piece.layout);
  const at: Point = [smallest(places.map(([x]) => x)) + 40, smallest(places.map(([, y]) => y)) + 120];
  putPiece(
    t('canvas.steps.duplicate', { count: nodes.length, title: titleOf(file, nodes[0] ?? '') }),
    file,
    piece,
    ids,
    at,
  );
  select({ nodes: [...ids.values()] });
}

export function tidySelection(): void {
  const file = activeDocument()?.file;
  if (file === undefined) return;
  const { nodes } = selection();
  const positions = tidy(file, nodes.length > 1 ? nodes : Object.keys(file.nodes), drawnSizes(), roomForCards());
  edit({ label: t('canvas.steps.tidy'), edit: (draft) => moveNodes(draft, positions) });
  // After the cards have moved.
  if (nodes.length <= 1) requestAnimationFrame(() => canvasApi()?.fit(true));
}

export const selectAll = (): void => {
  const file = activeDocument()?.file;
  if (file !== undefined) select({ nodes: Object.keys(file.nodes), wires: [] });
};
