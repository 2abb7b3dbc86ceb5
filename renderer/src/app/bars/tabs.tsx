import { ChevronDown, Plus, X } from 'lucide-react';
import { Suspense, useEffect, useRef, useState } from 'react';
import { Button } from 'react-aria-components';
import { useShallow } from 'zustand/react/shallow';
import { isDirty, useDocuments } from '../../state/documents/documents.ts';
import { blankPipeline, documentTitle, requestClose } from '../../state/files/files.ts';
import { showScreen, useView } from '../../state/window/view.ts';
import { t } from '../../text/t.ts';
import { IconButton } from '../../theme/button.tsx';
import { Icon } from '../../theme/icon.tsx';
import { later } from '../../loading/later.tsx';
import { SilentlyNotLoaded } from '../../loading/not-loaded.tsx';
import styles from './top-bar.module.css';

interface MenuPlace {
  draft: string;
  title: string;
  /** In the window. */
  x: number;
  y: number;
}
const { Component: TabMenu } = later(async () => (await import('./tab-menu.tsx')).default, SilentlyNotLoaded);

/** The open pipelines, each with its menu: from its arrow, by the right button, or by the menu key. */
export function Tabs() {
  const drafts = useDocuments((s) => s.order);
  const [menu, setMenu] = useState<MenuPlace | null>(null);
  if (drafts.length === 0) return null;
  return (
    <nav className={styles.tabs} aria-label={t('app.pipelines')}>
      <div className={styles.tabRow}>
        {drafts.map((draft) => (
          <Tab key={draft} draft={draft} onMenu={setMenu} />
        ))}
      </div>
      <IconButton size="small" icon={Plus} iconSize={14} label={t('app.newTab')} onPress={blankPipeline} />
      {menu !== null && (
        <Suspense fallback={null}>
          <TabMenu key={`${menu.draft} ${menu.x}`} {...menu} onClose={() => setMenu(null)} />
        </Suspense>
      )}
    </nav>
  );
}

function Tab({ draft, onMenu }: { draft: string; onMenu: (place: MenuPlace) => void }) {
  const { title, dirty, active } = useDocuments(
    useShallow((s) => {
      const document = s.documents[draft];
      return {
        title: document === undefined ? '' : documentTitle(document),
        dirty: document !== undefined && isDirty(document),
        active: s.active === draft,
      };
    }),
  );
  const front = useView((s) => s.screen.name === 'pipeline' || s.screen.name === 'report') && active;
  const tab = useRef<HTMLDivElement>(null);
  // Of many tabs, the one in front is in sight.
  useEffect(() => {
    const element = tab.current;
    if (!front || element === null) return;
    const show = (): void => element.scrollIntoView({ block: 'nearest', inline: 'nearest' });
    show();
    // The row has less room in a smaller window, and while a run shows how far it is.
    const resized = new ResizeObserver(show);
    if (element.parentElement !== null) resized.observe(element.parentElement);
    return () => resized.disconnect();
  }, [front]);
  const openMenu = (): void => {
    const box = tab.current?.getBoundingClientRect();
    onMenu({ draft, title, x: box?.left ?? 0, y: box?.bottom ?? 0 });
  };
  return (
    <div
      ref={tab}
      className={styles.tab}
      data-active={front || undefined}
      onContextMenu={(event) => {
        event.preventDefault();
        // By the menu key it has no place of its own.
        if (event.clientX === 0 && event.clientY === 0) openMenu();
        else onMenu({ draft, title, x: event.clientX, y: event.clientY });
      }}
    >
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
      {dirty && <span className={styles.dirty} role="img" aria-label={t('app.unsaved')} title={t('app.unsaved')} />}
      {front && (
        <Button
          className={styles.tabMenu ?? ''}
          aria-label={t('app.tab.menu', { title })}
          aria-haspopup="menu"
          onPress={openMenu}
        >
          <Icon of={ChevronDown} size={12} />
        </Button>
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
}
