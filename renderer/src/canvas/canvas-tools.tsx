import { useStore } from '@xyflow/react';
import { Maximize, Minus, Network, Plus } from 'lucide-react';
import { useCallback, useRef, useState } from 'react';
import { Button } from 'react-aria-components';
import { wires, type Wire } from '../../../shared/wires.ts';
import { specs } from '../../../nodes/specs.ts';
import { runAction, shortcutOf } from '../actions/registry.ts';
import { usePipeline } from '../state/documents.ts';
import { t } from '../text/t.ts';
import { IconButton } from '../theme/button.tsx';
import { PortGlyph } from '../theme/port-shape.tsx';
import styles from './canvas.module.css';
import { toolsEdge, type Rect } from './minimap-place.ts';
import { useStillCards } from './use-still-cards.ts';
import { portsOf } from '../edits/ports.ts';

/** Zoom, fit, tidy: at the lower left of the canvas, or where they cover less. */
export function CanvasTools() {
  const percent = useStore((s) => Math.round(s.transform[2] * 100));
  const own = useRef<HTMLDivElement>(null);
  const [edge, setEdge] = useState<'bottom' | 'top'>('bottom');
  const place = useCallback((cards: readonly Rect[], frame: Pick<Rect, 'width' | 'height'>): void => {
    // Whoever presses them again and again keeps them where they are.
    if (own.current?.matches(':hover, :focus-within') !== true) setEdge(toolsEdge(cards, frame));
  }, []);
  useStillCards(place);
  return (
    <div className={styles.tools} role="toolbar" aria-label={t('app.canvas')} data-edge={edge} ref={own}>
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

/** The signs of the wires that this pipeline uses. */
export function WireLegend() {
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
            <PortGlyph wire={wire} surface="var(--canvas)" />
            {t(`canvas.wire.${wire}`)}
          </span>
        ))}
    </div>
  );
}
