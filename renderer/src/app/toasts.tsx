import type { CSSProperties } from 'react';
import { CircleCheck, CircleX, Info, TriangleAlert, X, type LucideIcon } from 'lucide-react';
import { dismissToast, useToasts, type Toast } from '../state/window/toasts.ts';
import { useKept, useView } from '../state/window/view.ts';
import { t } from '../text/t.ts';
import { Button, IconButton } from '../theme/button.tsx';
import { Icon } from '../theme/icon.tsx';
import { barsPx } from '../state/window/panel-room.ts';
import { usePanelRoom } from '../state/window/use-panel-room.ts';
import styles from './toasts.module.css';

const glyphs: Readonly<Record<Toast['tone'], LucideIcon>> = {
  plain: Info,
  ok: CircleCheck,
  warn: TriangleAlert,
  bad: CircleX,
};

export function Toasts() {
  const toasts = useToasts((s) => s.toasts);
  const { place, style } = usePlace();
  return (
    <section
      className={styles.toasts}
      data-place={place}
      style={style}
      aria-label={t('app.toast.region')}
      role="log"
      aria-live="polite"
    >
      {toasts.map((item) => (
        <div key={item.id} className={styles.toast} data-tone={item.tone}>
          <Icon of={glyphs[item.tone]} size={15} />
          <div>
            <b>{item.title}</b>
            {item.detail && <p>{item.detail}</p>}
          </div>
          <IconButton
            size="small"
            icon={X}
            iconSize={12}
            label={t('app.toast.dismiss')}
            onPress={() => dismissToast(item.id)}
          />
          {item.action && (
            <div className={styles.toastActions} data-beside={item.detail === undefined || undefined}>
              <Button
                look="link"
                onPress={() => {
                  item.action?.run();
                  dismissToast(item.id);
                }}
              >
                {item.action.title}
              </Button>
            </div>
          )}
        </div>
      ))}
    </section>
  );
}

/** On the canvas they stand upon the strip below it, where no card is; elsewhere at the lower edge. */
function usePlace(): { place: 'canvas' | 'window'; style: CSSProperties } {
  const isOnCanvas = useView((s) => s.screen.name === 'pipeline');
  const { paletteWidth, inspectorWidth, drawerOpen } = useKept();
  const { palette, inspector, drawerPx } = usePanelRoom();
  if (!isOnCanvas) return { place: 'window', style: {} };
  const left = barsPx.rail + (palette ? paletteWidth : 0);
  const right = inspector ? inspectorWidth : 0;
  return {
    place: 'canvas',
    style: {
      left: `calc(${left}px + (100% - ${left + right}px) / 2)`,
      bottom: barsPx.status + (drawerOpen ? drawerPx : 0),
    },
  };
}
