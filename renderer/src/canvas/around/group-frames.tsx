import { useReactFlow, useStore, ViewportPortal, type ReactFlowState } from '@xyflow/react';
import { ChevronDown, Pencil, Ungroup } from 'lucide-react';
import { useRef, useState, type CSSProperties, type PointerEvent } from 'react';
import { Button as AriaButton } from 'react-aria-components';
import { gridPx, type Point } from '../../../../shared/pipeline/edits/graph.ts';
import { groupColors, isGroupColor, type GroupColor } from '../../../../shared/pipeline/edits/groups.ts';
import { activeDocument, usePipeline } from '../../state/documents/documents.ts';
import { select } from '../../state/window/view.ts';
import { t } from '../../text/t.ts';
import { Icon } from '../../theme/icon.tsx';
import { MenuButton, type MenuEntry } from '../../theme/menu.tsx';
import { largest, smallest } from '../../../../shared/append.ts';
import { cardHeight, cardWidth } from '../../../../shared/pipeline/arrange.ts';
import type { Box } from '../../drawing/after-split.ts';
import { canvasApi, useCanvas } from '../../drawing/canvas-store.ts';
import { distance, farTextPx } from '../../drawing/distance.ts';
import { colorGroup, moveGroup, removeGroups, renameGroup } from '../../drawing/group-commands.ts';
import styles from './group.module.css';

const tokens: Readonly<Record<GroupColor, string>> = {
  blue: 'var(--data)',
  teal: 'var(--clean)',
  green: 'var(--feat)',
  violet: 'var(--model)',
  pink: 'var(--llm)',
  orange: 'var(--eval)',
  gold: 'var(--deploy)',
  grey: 'var(--gov)',
};

/** The frames of the pipeline, behind its cards. */
export function GroupFrames() {
  const groups = usePipeline((file) => file.groups) ?? {};
  const ids = Object.keys(groups);
  if (ids.length === 0) return null;
  return (
    <ViewportPortal>
      {ids.map((id) => (
        <GroupFrame key={id} id={id} />
      ))}
    </ViewportPortal>
  );
}

function GroupFrame({ id }: { id: string }) {
  const group = usePipeline((file) => file.groups[id]);
  const nodes = group?.nodes ?? [];
  const box = useStore((s) => boxAround(s, nodes), sameBox);
  const far = useStore((s) => distance(s.transform[2]));
  const renaming = useCanvas((s) => s.renamingGroup === id);
  const drag = useGroupDrag(id, nodes);
  if (group === undefined || box === null) return null;
  const style: CSSProperties & { '--group': string } = {
    '--group': tokens[isGroupColor(group.color) ? group.color : 'blue'],
    left: box.x,
    top: box.y,
    width: box.width,
    height: box.height,
  };
  const textPx = far === 'near' ? undefined : farTextPx(far === 'block' ? 0 : far);
  return (
    <section className={styles.group} style={style} aria-label={t('canvas.group.label', { title: group.title })}>
      <div className={`${styles.head} nodrag nopan`} data-far={far !== 'near' || undefined} {...drag}>
        {renaming ? (
          <TitleField id={id} title={group.title} />
        ) : (
          <b
            style={textPx === undefined ? undefined : { fontSize: textPx }}
            onDoubleClick={() => useCanvas.setState({ renamingGroup: id })}
          >
            {group.title}
          </b>
        )}
        {far === 'near' && (
          <MenuButton label={t('canvas.group.menu', { title: group.title })} entries={menuOf(id)}>
            <AriaButton className={styles.menu ?? ''} aria-label={t('canvas.group.menu', { title: group.title })}>
              <Icon of={ChevronDown} size={12} />
            </AriaButton>
          </MenuButton>
        )}
      </div>
    </section>
  );
}

function TitleField({ id, title }: { id: string; title: string }) {
  const [text, setText] = useState(title);
  const close = (keep: boolean): void => {
    if (useCanvas.getState().renamingGroup !== id) return;
    useCanvas.setState({ renamingGroup: null });
    if (keep && text.trim() !== title) renameGroup(id, text);
    canvasApi()?.focus();
  };
  return (
    <input
      className={styles.field}
      aria-label={t('canvas.group.rename')}
      value={text}
      autoFocus
      onFocus={(event) => event.currentTarget.select()}
      onChange={(event) => setText(event.target.value)}
      onBlur={() => close(true)}
      onKeyDown={(event) => {
        event.stopPropagation();
        if (event.key === 'Enter') close(true);
        if (event.key === 'Escape') close(false);
      }}
    />
  );
}

/** The head takes its nodes along, in steps of the grid. */
function useGroupDrag(id: string, nodes: readonly string[]) {
  const flow = useReactFlow();
  const start = useRef<{ at: Point; places: Record<string, Point>; moved: Point } | null>(null);
  return {
    onPointerDown: (event: PointerEvent<HTMLElement>): void => {
      if (event.button !== 0 || (event.target instanceof Element && event.target.closest('button, input'))) return;
      event.stopPropagation();
      select({ nodes: [...nodes] });
      const layout = activeDocument()?.file.layout ?? {};
      start.current = {
        at: [event.clientX, event.clientY],
        places: Object.fromEntries(nodes.flatMap((node) => (layout[node] ? [[node, layout[node]]] : []))),
        moved: [0, 0],
      };
      event.currentTarget.setPointerCapture(event.pointerId);
    },
    onPointerMove: (event: PointerEvent): void => {
      const from = start.current;
      if (from === null) return;
      const zoom = flow.getZoom();
      const step = (to: number, was: number): number => Math.round((to - was) / zoom / gridPx) * gridPx;
      const moved: Point = [step(event.clientX, from.at[0]), step(event.clientY, from.at[1])];
      if (moved[0] === from.moved[0] && moved[1] === from.moved[1]) return;
      from.moved = moved;
      moveGroup(id, from.places, moved);
    },
    onPointerUp: (): void => {
      start.current = null;
    },
  };
}

function menuOf(id: string): MenuEntry[] {
  return [
    {
      id: 'rename',
      title: t('canvas.group.rename'),
      icon: Pencil,
      run: () => setTimeout(() => useCanvas.setState({ renamingGroup: id })),
    },
    'separator',
    ...groupColors.map((color): MenuEntry => ({
      id: color,
      title: t(`canvas.group.colors.${color}`),
      run: () => colorGroup(id, color),
    })),
    'separator',
    { id: 'ungroup', title: t('actions.ungroup'), icon: Ungroup, run: () => removeGroups([id]) },
  ];
}

const padding = { side: 20, top: 40, bottom: 20 };

function boxAround(s: ReactFlowState, nodes: readonly string[]): Box | null {
  const boxes = nodes.flatMap((id) => {
    const node = s.nodeLookup.get(id);
    return node === undefined
      ? []
      : [
          {
            ...node.internals.positionAbsolute,
            width: node.measured.width ?? cardWidth,
            height: node.measured.height ?? cardHeight(1),
          },
        ];
  });
  if (boxes.length === 0) return null;
  const x = smallest(boxes.map((b) => b.x)) - padding.side;
  const y = smallest(boxes.map((b) => b.y)) - padding.top;
  return {
    x,
    y,
    width: largest(boxes.map((b) => b.x + b.width)) + padding.side - x,
    height: largest(boxes.map((b) => b.y + b.height)) + padding.bottom - y,
  };
}
const sameBox = (a: Box | null, b: Box | null): boolean =>
  a === b || (a !== null && b !== null && a.x === b.x && a.y === b.y && a.width === b.width && a.height === b.height);
