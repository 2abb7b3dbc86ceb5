import { CircleHelp, type LucideIcon } from 'lucide-react';
import { Button } from 'react-aria-components';
import { actionOf, runAction, shortcutOf } from '../../actions/registry.ts';
import { useApp } from '../../state/window/app-info.ts';
import { useDocuments } from '../../state/documents/documents.ts';
import { useView } from '../../state/window/view.ts';
import { t } from '../../text/t.ts';
import { Icon } from '../../theme/icon.tsx';
import { Tip } from '../../theme/tip.tsx';
import { places } from './rail-places.ts';
import styles from './rail.module.css';

export function Rail() {
  const screen = useView((s) => s.screen.name);
  const open = useDocuments((s) => s.active !== null);
  const running = useApp((s) => (s.status?.running.length ?? 0) > 0);
  return (
    <nav className={styles.rail} data-panel="rail" aria-label={t('app.sections')}>
      {places.map(({ action, icon, screens }) => (
        <Item
          key={action}
          action={action}
          icon={icon}
          current={screens.includes(screen)}
          disabled={action === 'go.pipeline' && !open}
          badge={action === 'go.runs' && running}
        />
      ))}
      <span className={styles.spacer} />
      <Item action="view.keys" icon={CircleHelp} current={false} disabled={false} badge={false} />
    </nav>
  );
}

function Item({
  action,
  icon,
  current,
  disabled,
  badge,
}: {
  action: string;
  icon: LucideIcon;
  current: boolean;
  disabled: boolean;
  badge: boolean;
}) {
  const title = actionOf(action)?.title() ?? '';
  return (
    <Tip text={title} shortcut={shortcutOf(action)}>
      <Button
        className={styles.railItem ?? ''}
        aria-label={title}
        {...(current ? { 'aria-current': 'page' as const } : {})}
        isDisabled={disabled}
        onPress={() => runAction(action)}
      >
        <Icon of={icon} size={18} />
        {badge && <span className={styles.badge} />}
      </Button>
    </Tip>
  );
}
