import { useStore, type NodeProps } from '@xyflow/react';
import { Server, StickyNote, TriangleAlert } from 'lucide-react';
import { memo, useMemo, type CSSProperties, type ReactNode } from 'react';
import { specs } from '../../../../nodes/specs.ts';
import type { Problem } from '../../../../shared/errors.ts';
import type { PipelineNode } from '../../../../shared/pipeline/file.ts';
import type { AnySpec } from '../../../../shared/kind/define-spec.ts';
import { portsOf } from '../../../../shared/pipeline/edits/ports.ts';
import { performFix, titleOf } from '../../state/documents/commands.ts';
import { usePipeline } from '../../state/documents/documents.ts';
import { showDrawer } from '../../state/window/view.ts';
import { t } from '../../text/t.ts';
import { Button } from '../../theme/button.tsx';
import { categoryColor } from '../../theme/category.ts';
import { Icon } from '../../theme/icon.tsx';
import { kindIcon } from '../../theme/kind-icon.ts';
import { Tile } from '../../theme/tile.tsx';
import { useCanvas } from '../../drawing/canvas-store.ts';
import styles from './card.module.css';
import { distance, farTextPx, tileZoom } from '../../drawing/distance.ts';
import { LiveCurve } from './live-curve.tsx';
import type { Face } from '../../drawing/node-face.ts';
import { bodyHeight } from '../../drawing/port-place.ts';
import { Port } from './port.tsx';
import { RenameField } from './rename-field.tsx';
import { StateGlyph } from './state-glyph.tsx';
import type { CardNode } from '../use-flow-graph.ts';
import { useNodeFace } from './use-node-face.ts';

/** A node on the canvas. Reads its own slices of the stores alone. */
// Over 80 lines: the markup of one card, top to bottom.
export const Card = memo(function Card({ id, selected }: NodeProps<CardNode>) {
  const node = usePipeline((file) => file.nodes[id]);
  const title = usePipeline((file) => titleOf(file, id)) ?? id;
  const known = specs.has(node?.kind ?? '');
  // A placeholder's ports come from the file's wires; a known kind's never change.
  const guessing = usePipeline((file) => (known ? null : file));
  const spec = specs.get(node?.kind ?? '');
  const ports = useMemo(
    () => spec ?? (guessing ? portsOf(guessing, id, specs) : { inputs: {}, outputs: {} }),
    [spec, guessing, id],
  );
  const face = useNodeFace(id);
  const zoom = useStore((s) => distance(s.transform[2]));
  const renaming = useCanvas((s) => s.renaming === id);
  if (node === undefined || face === undefined) return null;

  const failure = face.state === 'failed' ? face.problem : undefined;
  const color = colorOf(spec);
  const inputs = Object.entries(ports.inputs);
  const outputs = Object.entries(ports.outputs);
  const most = Math.max(inputs.length, outputs.length);
  const style: CSSProperties & { '--cat': string; '--ports': string } = {
    '--cat': color,
    '--ports': `${bodyHeight(most)}px`,
  };
  return (
    <article
      className={styles.card}
      style={style}
      data-state={face.state}
      data-selected={selected || undefined}
      data-testid={`node-${id}`}
      aria-label={`${title}, ${face.word}. ${face.line}`}
    >
      {inputs.map(([name, port], i) => (
        <Port key={`in ${name}`} node={id} name={name} port={port} side="input" index={i} />
      ))}
      {outputs.map(([name, port], i) => (
        <Port key={`out ${name}`} node={id} name={name} port={port} side="output" index={i} />
      ))}
      {zoom === 'block' ? (
        <div className={styles.block} />
      ) : zoom !== 'near' ? (
        <div className={styles.far} data-stripe={zoom < tileZoom || undefined} style={{ fontSize: farTextPx(zoom) }}>
          {zoom >= tileZoom && <Tile icon={kindIcon(spec)} color={color} size="big" />}
          {renaming ? <RenameField node={id} title={title} /> : <b>{title}</b>}
          <span className={styles.state}>
            <StateGlyph state={face.state} progress={face.progress ?? null} size={farTextPx(zoom)} />
          </span>
        </div>
      ) : (
        <>
          <Header node={node} spec={spec} face={face}>
            {renaming ? (
              <RenameField node={id} title={title} />
            ) : (
              <b className={styles.title} title={title}>
                {title}
              </b>
            )}
          </Header>
          <div className={styles.ports}>
            {failure === undefined ? (
              <p className={styles.line} title={face.line}>
                {face.line}
              </p>
            ) : (
              <ProblemBox problem={failure} />
            )}
            {face.curve && (
              <div className={styles.strip}>
                <LiveCurve series={face.curve} />
              </div>
            )}
          </div>
          <Foot face={face} />
        </>
      )}
    </article>
  );
});

const colorOf = (spec: AnySpec | undefined): string => (spec ? categoryColor(spec.category) : 'var(--gov)');

interface HeaderProps {
  node: PipelineNode;
  spec: AnySpec | undefined;
  face: Face;
  /** The title, or the field that renames it. */
  children: ReactNode;
}

function Header({ node, spec, face, children }: HeaderProps) {
  return (
    <header className={styles.header}>
      <span className={styles.tileBox}>
        <Tile icon={kindIcon(spec)} color={colorOf(spec)} />
      </span>
      {children}
      {node.place !== undefined && (
        <span className={styles.note} title={t('clusters.placedOn', { name: node.place.target })}>
          <Icon of={Server} size={12} />
          <span className="visually-hidden">{t('clusters.placedOn', { name: node.place.target })}</span>
        </span>
      )}
      {node.note !== undefined && (
        <span className={styles.note} title={node.note}>
          <Icon of={StickyNote} size={12} />
        </span>
      )}
      {face.warnings > 0 && (
        <span className={styles.warning} title={t('app.status.warnings', { count: face.warnings })}>
          <Icon of={TriangleAlert} size={12} stroke={1.7} />
        </span>
      )}
      <span className={styles.state} title={face.why ?? face.word}>
        <StateGlyph state={face.state} progress={face.progress ?? null} />
        <span className={saysMore(face) ? undefined : 'visually-hidden'}>{face.word}</span>
      </span>
    </header>
  );
}

/** The sign says the state, the bar and the footer how far it is: the title has the room, except where something went wrong or waits for a person. */
const saysMore = ({ state }: Face): boolean => state === 'failed' || state === 'paused';

function Foot({ face }: { face: Face }) {
  const left = face.state === 'problem' ? face.problem?.message : face.left;
  return (
    <>
      {face.progress !== undefined && (
        <div
          className={styles.bar}
          role="progressbar"
          aria-label={face.word}
          {...(face.progress === null ? {} : { 'aria-valuenow': Math.round(face.progress * 100) })}
        >
          {face.progress === null ? <i data-unknown /> : <i style={{ width: `${face.progress * 100}%` }} />}
        </div>
      )}
      {(left !== undefined || face.right !== undefined) && (
        <footer className={styles.footer} title={face.tip ?? left}>
          <span>{left}</span>
          <span>{face.right}</span>
        </footer>
      )}
    </>
  );
}

/** What failed and the first way out, in the room that the card has anyway: all of it stands in the tip and in the inspector. Never a stack trace. */
function ProblemBox({ problem: { message, mend, fixes } }: { problem: Problem }) {
  const fix = fixes?.[0];
  return (
    <div className={`${styles.problem} nodrag`} title={mend === undefined ? message : `${message}\n${mend}`}>
      <b>{message}</b>
      <p>
        {fix !== undefined && (
          <Button look="link" onPress={() => performFix(fix)}>
            <span>{fix.title}</span>
          </Button>
        )}
        <Button look="link" onPress={() => showDrawer('log')}>
          {t('app.drawerTabs.log')}
        </Button>
      </p>
    </div>
  );
}
