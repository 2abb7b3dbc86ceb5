import { useCallback, useState } from 'react';
import { host } from '../rpc/host.ts';
import { useChanged } from '../state/window/app-info.ts';
import { useList } from '../state/window/use-list.ts';
import { showScreen, useView } from '../state/window/view.ts';
import { t } from '../text/t.ts';
import { Segmented, Switch } from '../theme/choice.tsx';
import { EmptyState } from '../theme/surface.tsx';
import { ChatPanel } from './chat-panel.tsx';
import { FilesPage } from './files-page.tsx';
import styles from './language.module.css';
import { Playground } from './playground.tsx';

/** Language models: prompts beside each other, a chat, and the files that there are. */
export function LanguageScreen() {
  const page = useView((s) => (s.screen.name === 'language' ? (s.screen.page ?? 'playground') : 'playground'));
  const [chats, setChats] = useState(true);
  const services = useChanged('services');
  // Read again when a service starts or ends, too.
  // eslint-disable-next-line react-hooks/exhaustive-deps
  const read = useCallback(() => host()['languages.choices']({}), [services]);
  const { list: choices, problem } = useList('languages', read);
  return (
    <div className={styles.screen} data-chat={(chats && page === 'playground') || undefined}>
      <header className={styles.head}>
        <h1>{t('language.title')}</h1>
        <Segmented
          label={t('language.title')}
          options={[
            { id: 'playground', title: t('language.playground') },
            { id: 'files', title: t('language.files') },
          ]}
          value={page}
          onChange={(id) => showScreen({ name: 'language', page: id === 'files' ? 'files' : 'playground' })}
        />
        {page === 'playground' && (
          <Switch isSelected={chats} onChange={setChats}>
            {t('language.chat')}
          </Switch>
        )}
      </header>
      {page === 'files' ? (
        <FilesPage />
      ) : problem && choices === undefined ? (
        <EmptyState title={problem.message} hint={problem.mend} />
      ) : choices === undefined ? (
        <EmptyState title={t('common.loading')} />
      ) : (
        <>
          <Playground choices={choices} />
          {chats && <ChatPanel choices={choices} />}
        </>
      )}
    </div>
  );
}
