import { CircleCheck, CircleX, Info, TriangleAlert, X, type LucideIcon } from 'lucide-react';
import { dismissToast, useToasts, type Toast } from '../state/toasts.ts';
import { useView } from '../state/view.ts';
import { t } from '../text/t.ts';
import { Button, IconButton } from '../theme/button.tsx';
import { Icon } from '../theme/icon.tsx';
import styles from './toasts.module.css';

const glyphs: Readonly<Record<Toast['tone'], LucideIcon>> = {
  plain: Info,
  ok: CircleCheck,
  warn: TriangleAlert,
  bad: CircleX,
};

export function Toasts() {
  const toasts = useToasts((s) => s.toasts);
  // Under the run group where the canvas is; elsewhere a screen begins there with its title.
  const place = useView((s) => (s.screen.name === 'pipeline' ? 'top' : 'bottom'));
  return (
    <section
      className={styles.toasts}
      data-place={place}
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
            <div className={styles.toastActions}>
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
