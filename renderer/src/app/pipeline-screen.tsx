import { ShieldAlert } from 'lucide-react';
import { useEffect } from 'react';
import { canvasApi } from '../drawing/canvas-store.ts';
import { PipelineCanvas } from '../canvas/pipeline-canvas.tsx';
import { Palette } from '../palette/palette.tsx';
import { useActive } from '../state/documents/documents.ts';
import { trust } from '../state/files/files.ts';
import { useKept } from '../state/window/view.ts';
import { t } from '../text/t.ts';
import { Button } from '../theme/button.tsx';
import { Icon } from '../theme/icon.tsx';
import styles from './pipeline-screen.module.css';
import { Drawer } from './drawer.tsx';
import { ErrorBoundary } from './error-boundary.tsx';
import { InspectorSlot } from './slots.tsx';
import { usePanelRoom } from '../state/window/use-panel-room.ts';
import { Resizer } from './resizer.tsx';

/** Palette, canvas, inspector, and below them the results. Each panel can be sized and hidden; a fault in one leaves the others. */
export function PipelineScreen() {
  const { drawerOpen, paletteWidth, inspectorWidth } = useKept();
  const { palette: paletteOpen, inspector: inspectorOpen, drawerPx: drawerHeight } = usePanelRoom();
  useEscape();
  return (
    <>
      <UntrustedBanner />
      <div className={styles.pipeline}>
        {paletteOpen && (
          <aside
            className={styles.palette}
            data-panel="palette"
            style={{ width: paletteWidth }}
            aria-label={t('app.palette')}
          >
            <ErrorBoundary>
              <Palette />
            </ErrorBoundary>
            <Resizer
              label={t('app.resizePalette')}
              edge="right"
              size={paletteWidth}
              min={160}
              max={400}
              onResize={(w) => useKept.setState({ paletteWidth: w })}
              onCollapse={() => useKept.setState({ paletteOpen: false })}
            />
          </aside>
        )}
        <div className={styles.canvas}>
          <ErrorBoundary>
            <PipelineCanvas />
          </ErrorBoundary>
        </div>
        {drawerOpen && (
          <section
            className={styles.drawer}
            data-panel="drawer"
            style={{ height: drawerHeight }}
            aria-label={t('app.drawer')}
          >
            <Resizer
              label={t('app.resizeDrawer')}
              edge="top"
              size={drawerHeight}
              min={120}
              max={700}
              onResize={(h) => useKept.setState({ drawerHeight: h })}
              onCollapse={() => useKept.setState({ drawerOpen: false })}
            />
            <ErrorBoundary>
              <Drawer />
            </ErrorBoundary>
          </section>
        )}
        {inspectorOpen && (
          <aside
            className={styles.inspector}
            data-panel="inspector"
            style={{ width: inspectorWidth }}
            aria-label={t('app.inspector')}
          >
            <Resizer
              label={t('app.resizeInspector')}
              edge="left"
              size={inspectorWidth}
              min={240}
              max={640}
              onResize={(w) => useKept.setState({ inspectorWidth: w })}
              onCollapse={() => useKept.setState({ inspectorOpen: false })}
            />
            <ErrorBoundary>
              <InspectorSlot />
            </ErrorBoundary>
          </aside>
        )}
      </div>
    </>
  );
}

/** Escape in a panel gives the focus back to the canvas, unless something in the panel took it. */
function useEscape(): void {
  useEffect(() => {
    const down = (event: KeyboardEvent): void => {
      const panel = document.activeElement?.closest('[data-panel]')?.getAttribute('data-panel');
      if (event.key === 'Escape' && !event.defaultPrevented && panel !== undefined && panel !== 'canvas')
        canvasApi()?.focus();
    };
    document.addEventListener('keydown', down);
    return () => document.removeEventListener('keydown', down);
  }, []);
}

function UntrustedBanner() {
  const draft = useActive((d) => (d !== undefined && !d.trusted ? d.draft : undefined));
  if (draft === undefined) return null;
  return (
    <div className={styles.banner} role="status">
      <Icon of={ShieldAlert} size={18} />
      <span>
        <b>{t('app.untrusted.title')}</b> {t('app.untrusted.body')}
      </span>
      <Button look="primary" onPress={() => void trust(draft)}>
        {t('app.untrusted.trust')}
      </Button>
    </div>
  );
}
