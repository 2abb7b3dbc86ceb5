import { Monitor, Moon, Search, Sun } from 'lucide-react';
import { Suspense } from 'react';
import { Button, Radio, RadioGroup } from 'react-aria-components';
import { runAction, shortcutOf } from '../../actions/registry.ts';
import { useApp } from '../../state/window/app-info.ts';
import { useActive } from '../../state/documents/documents.ts';
import { showScreen, useKept, useView, type Theme } from '../../state/window/view.ts';
import { t } from '../../text/t.ts';
import { Icon } from '../../theme/icon.tsx';
import { Kbd } from '../../theme/kbd.tsx';
import { Tip } from '../../theme/tip.tsx';
import { Tabs } from './tabs.tsx';
import styles from './top-bar.module.css';
import { PipelineTools } from '../workbench.ts';

export function TopBar() {
  const onPipeline = useView((s) => s.screen.name === 'pipeline');
  const open = useActive((d) => d !== undefined);
  const workspace = useApp((s) => s.info?.workspaceName);
  return (
    <header className={styles.top} data-panel="top">
      <Button className={styles.brand ?? ''} aria-label={t('app.start')} onPress={() => showScreen({ name: 'start' })}>
        <Brand />
      </Button>
      {workspace !== undefined && <span className={styles.place}>{workspace}</span>}
      <Tabs />
      {open && onPipeline ? (
        <Suspense fallback={<span className={styles.spacer} />}>
          <PipelineTools />
        </Suspense>
      ) : (
        <span className={styles.spacer} />
      )}
      <Button
        className={styles.command ?? ''}
        onPress={() => runAction('view.commands')}
        aria-label={t('app.searchOrRun')}
      >
        <Icon of={Search} size={14} />
        <span>{t('app.searchOrRun')}</span>
        <Kbd>{shortcutOf('view.commands')}</Kbd>
      </Button>
      <ThemeSwitch />
    </header>
  );
}

function Brand() {
  return (
    <svg width="20" height="20" viewBox="0 0 20 20" aria-hidden>
      <rect width="20" height="20" rx="5.5" fill="var(--t1)" />
      <path d="M5 6.5h3.5c2 0 3 1 3 3.5s1 3.500 3.500 3.500" fill="none" stroke="var(--s1)" strokeWidth="1.8" />
      <circle cx="5" cy="6.5" r="1.7" fill="var(--s1)" />
      <circle cx="15" cy="13.5" r="1.7" fill="var(--s1)" />
    </svg>
  );
}

const themes: readonly {
  id: Theme;
  icon: typeof Sun;
  label: 'app.themeSystem' | 'app.themeLight' | 'app.themeDark';
}[] = [
  { id: 'system', icon: Monitor, label: 'app.themeSystem' },
  { id: 'light', icon: Sun, label: 'app.themeLight' },
  { id: 'dark', icon: Moon, label: 'app.themeDark' },
];

function ThemeSwitch() {
  const theme = useKept((s) => s.theme);
  return (
    <RadioGroup
      aria-label={t('app.theme')}
      orientation="horizontal"
      className={styles.theme ?? ''}
      value={theme}
      onChange={(value) => {
        const chosen = themes.find((option) => option.id === value)?.id;
        if (chosen) useKept.setState({ theme: chosen });
      }}
    >
      {themes.map((option) => (
        <Tip key={option.id} text={t(option.label)}>
          <Radio value={option.id} className={styles.themeOption ?? ''} aria-label={t(option.label)}>
            <Icon of={option.icon} size={14} />
          </Radio>
        </Tip>
      ))}
    </RadioGroup>
  );
}
