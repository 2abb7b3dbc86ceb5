import { Unplug } from 'lucide-react';
import { isAway, retryConnection, useApp } from '../state/app-info.ts';
import { t } from '../text/t.ts';
import { Button } from '../theme/button.tsx';
import { Icon } from '../theme/icon.tsx';
import styles from './away-banner.module.css';

/** While nobody answers: why nothing runs, what becomes of the work, and how the window goes on. */
export function AwayBanner() {
  const connection = useApp((s) => s.connection);
  if (!isAway(connection)) return null;
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
