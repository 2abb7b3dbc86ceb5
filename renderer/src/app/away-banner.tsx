import { HardDrive, Unplug } from 'lucide-react';
import { isAway, retryConnection, useApp } from '../state/window/app-info.ts';
import { useRefusal } from '../state/documents/refusals.ts';
import type { Problem } from '../../../shared/errors.ts';
import { t } from '../text/t.ts';
import { Button } from '../theme/button.tsx';
import { Icon } from '../theme/icon.tsx';
import styles from './away-banner.module.css';

/** While nobody answers, or the host keeps nothing: what becomes of the work, and how the window goes on. */
export function AwayBanner() {
  const connection = useApp((s) => s.connection);
  const refusal = useRefusal();
  if (!isAway(connection)) return refusal === undefined ? null : <RefusalBanner problem={refusal} />;
  const isDesktop = window.flowyardShell !== undefined;
  const body =
    connection === 'ended'
      ? t('app.away.ended.body')
      : isDesktop
        ? t('app.away.lost.desktop')
        : t('app.away.lost.body', { port: location.port || '80' });
  return (
    <div className={styles.banner} role="status">
      <Icon of={Unplug} size={18} />
      <span>
        <b>{t(connection === 'ended' ? 'app.away.ended.title' : 'app.away.lost.title')}</b> {body}
      </span>
      <Button onPress={retryConnection}>{t('app.away.again')}</Button>
    </div>
  );
}

function RefusalBanner({ problem: { message, mend } }: { problem: Problem }) {
  return (
    <div className={styles.banner} role="status">
      <Icon of={HardDrive} size={18} />
      <span>
        <b>{message}</b> {t('app.away.refused')} {mend}
      </span>
    </div>
  );
}
