import { Monitor, Moon, Plus, Search, Sun, X } from 'lucide-react';
import { Suspense } from 'react';
import { Button, Radio, RadioGroup } from 'react-aria-components';
import { useShallow } from 'zustand/react/shallow';
import { runAction, shortcutOf } from '../actions/registry.ts';
import { useApp } from '../state/app-info.ts';
import { isDirty, useActive, useDocuments } from '../state/documents.ts';
import { blankPipeline, documentTitle, requestClose } from '../state/files.ts';
import { showScreen, useKept, useView, type Theme } from '../state/view.ts';
import { t } from '../text/t.ts';
import { IconButton } from '../theme/button.tsx';
import { Icon } from '../theme/icon.tsx';
import { Kbd } from '../theme/kbd.tsx';
import { Tip } from '../theme/tip.tsx';
import styles from './top-bar.module.css';
import { PipelineTools } from './workbench.ts';

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

function Tabs() {
  const tabs = useDocuments(
    useShallow((s) =>
      s.order.map(
        (draft) =>
          `${draft}\n${s.documents[draft] ? documentTitle(s.documents[draft]) : ''}\n${s.documents[draft] && isDirty(s.documents[draft]) ? 'dirty' : ''}`,
      ),
    ),
  );
  const active = useDocuments((s) => s.active);
  const onPipeline = useView((s) => s.screen.name === 'pipeline' || s.screen.name === 'report');
  if (tabs.length === 0) return null;
  return (
    <nav className={styles.tabs} aria-label={t('app.pipelines')}>
      {tabs.map((entry) => {
        const [draft = '', title = '', dirty = ''] = entry.split('\n');
        const front = draft === active && onPipeline;
        return (
          <div key={draft} className={styles.tab} data-active={front || undefined}>
            <button
              type="button"
              className={styles.tabName}
              aria-current={front ? 'page' : undefined}
              title={title}
              onClick={() => {
                useDocuments.setState({ active: draft });
                showScreen({ name: 'pipeline' });
              }}
              onAuxClick={(event) => {
                if (event.button === 1) requestClose(draft);
              }}
            >
              {title}
            </button>
            {dirty && (
              <span className={styles.dirty} role="img" aria-label={t('app.unsaved')} title={t('app.unsaved')} />
            )}
            <Button
              className={styles.tabClose ?? ''}
              aria-label={t('app.closeTab', { title })}
              onPress={() => requestClose(draft)}
            >
              <Icon of={X} size={12} />
            </Button>
          </div>
        );
      })}
      <IconButton size="small" icon={Plus} iconSize={14} label={t('app.newTab')} onPress={blankPipeline} />
    </nav>
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
