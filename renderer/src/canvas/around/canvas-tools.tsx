import { useStore } from '@xyflow/react';
import { Maximize, Minus, Network, Plus, SquarePlus } from 'lucide-react';
import { useEffect } from 'react';
import { Button } from 'react-aria-components';
import { wires, type Wire } from '../../../../shared/wires.ts';
import { specs } from '../../../../nodes/specs.ts';
import { runAction, shortcutOf } from '../../actions/registry.ts';
import { portsOf } from '../../../../shared/pipeline/edits/ports.ts';
import { usePipeline } from '../../state/documents/documents.ts';
import { t } from '../../text/t.ts';
import { IconButton } from '../../theme/button.tsx';
import { Icon } from '../../theme/icon.tsx';
import { PortGlyph } from '../../theme/port-shape.tsx';
import { useCanvas } from '../../drawing/canvas-store.ts';
import styles from '../canvas.module.css';

/** Below the canvas, where it lies on no card: what moves the view, what the view shows, and what the wires are. */
export function CanvasFoot() {
  return (
    <div className={styles.foot}>
      <CanvasTools />
      <Said />
      <WireLegend />
    </div>
  );
}

/** Zoom, fit, tidy. */
function CanvasTools() {
  const percent = useStore((s) => Math.round(s.transform[2] * 100));
  return (
    <div className={styles.tools} role="toolbar" aria-label={t('app.canvas')}>
      <Button className={styles.add ?? ''} onPress={() => runAction('add.quick')}>
        <Icon of={SquarePlus} size={14} />
        {t('canvas.addNode')}
      </Button>
      <i />
      <IconButton
        size="small"
        icon={Plus}
        iconSize={14}
        label={t('canvas.zoomIn')}
        shortcut={shortcutOf('view.zoom-in')}
        onPress={() => runAction('view.zoom-in')}
      />
      <Button
        className={styles.zoom ?? ''}
        aria-label={t('canvas.zoomReset')}
        onPress={() => runAction('view.zoom-reset')}
      >
        {percent} %
      </Button>
      <IconButton
        size="small"
        icon={Minus}
        iconSize={14}
        label={t('canvas.zoomOut')}
        shortcut={shortcutOf('view.zoom-out')}
        onPress={() => runAction('view.zoom-out')}
      />
      <i />
      <IconButton
        size="small"
        icon={Maximize}
        iconSize={14}
        label={t('canvas.fit')}
        shortcut={shortcutOf('view.fit')}
        onPress={() => runAction('view.fit')}
      />
      <IconButton
        size="small"
        icon={Network}
        iconSize={14}
        label={t('canvas.tidy')}
        shortcut={shortcutOf('edit.tidy')}
        onPress={() => runAction('edit.tidy')}
      />
    </div>
  );
}

/** What the view shows since it was fitted, for a moment. */
function Said() {
  const said = useCanvas((s) => s.said);
  useEffect(() => {
    if (said === null) return undefined;
    const timer = setTimeout(() => useCanvas.setState({ said: null }), saidMs);
    return () => clearTimeout(timer);
  }, [said]);
  return said === null ? null : (
    <span className={styles.said} aria-hidden>
      {said}
    </span>
  );
}
const saidMs = 4000;

/** The signs of the wires that this pipeline uses. */
function WireLegend() {
  const used = usePipeline((file) => {
    const found = new Set<Wire>();
    for (const id of Object.keys(file.nodes)) {
      const ports = portsOf(file, id, specs);
      for (const port of [...Object.values(ports.inputs), ...Object.values(ports.outputs)]) found.add(port.wire);
    }
    return wires.filter((w) => found.has(w)).join(' ');
  });
  return (
    <div className={styles.legend} aria-hidden>
      {wires
        .filter((wire) => used?.split(' ').includes(wire))
        .map((wire) => (
          <span key={wire}>
            <PortGlyph wire={wire} surface="var(--s1)" />
            {t(`canvas.wire.${wire}`)}
          </span>
        ))}
    </div>
  );
}
