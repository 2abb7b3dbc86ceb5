import { Download, FolderInput, FolderOpen, Trash2, Workflow, X } from 'lucide-react';
import { Suspense, useCallback, useState } from 'react';
import { later } from '../loading/later.tsx';
import { toProblem } from '../../../shared/errors.ts';
import { host } from '../rpc/host.ts';
import type { Answer } from '../rpc/host-client.ts';
import { useApp } from '../state/window/app-info.ts';
import { toast, toastProblem } from '../state/window/toasts.ts';
import { useList } from '../state/window/use-list.ts';
import { sayBytes, sayCount, sayWhen } from '../text/say.ts';
import { t } from '../text/t.ts';
import { Button } from '../theme/button.tsx';
import { Dialog } from '../theme/dialog.tsx';
import { Card, Facts, MasterScreen } from '../theme/master.tsx';
import styles from '../theme/master.module.css';
import { PopoverButton } from '../theme/menu.tsx';
import { PortGlyph } from '../theme/port-shape.tsx';
import { Chip, EmptyState } from '../theme/surface.tsx';
import { TextField } from '../theme/text-field.tsx';
import { FetchCard } from './fetch-card.tsx';
import { makeModelNode } from './make-nodes.ts';
import { SecretsCard } from './secrets-card.tsx';

const { Component: FileBrowser } = later(async () => (await import('../controls/file-browser.tsx')).default);

type FileRow = Answer<'languages.list'>[number];

/** The language models that the workspace knows: what they are, what they take, and how another comes here. */
export function FilesPage() {
  const read = useCallback(() => host()['languages.list']({}), []);
  const { list, problem } = useList('languages', read);
  const [text, setText] = useState('');
  const [chosen, setChosen] = useState<string>();
  const [adding, setAdding] = useState(false);
  const sorted = [...(list ?? [])].sort((a, b) => b.added_ms - a.added_ms);
  const shown = sorted.filter((file) =>
    `${file.name} ${file.facts?.title ?? ''}`.toLowerCase().includes(text.trim().toLowerCase()),
  );
  const one = adding ? undefined : (sorted.find((file) => file.sha256 === chosen) ?? sorted[0]);
  return (
    <MasterScreen
      title={t('language.files')}
      count={list?.length}
      find={t('language.find')}
      text={text}
      onText={setText}
      tools={
        <Button icon={FolderInput} onPress={() => setAdding(true)}>
          {t('language.addOne')}
        </Button>
      }
      list={shown.map((file) => (
        <button
          key={file.sha256}
          type="button"
          className={styles.item}
          aria-current={file === one}
          onClick={() => {
            setChosen(file.sha256);
            setAdding(false);
          }}
        >
          <PortGlyph wire="llm" surface="var(--s1)" />
          <span className={styles.itemMain}>
            <b>{file.facts?.title ?? file.name}</b>
            <small>
              {file.facts === null
                ? t('language.adapter')
                : `${file.facts.architecture} · ${file.facts.quantisation} · ${file.path}`}
            </small>
          </span>
          <span className={styles.itemEnd}>
            {file.missing ? <Chip tone="bad">{t('language.missing')}</Chip> : sayBytes(file.bytes)}
          </span>
        </button>
      ))}
    >
      {problem && list === undefined ? (
        <EmptyState title={problem.message} hint={problem.mend} />
      ) : one ? (
        <OneFile key={one.sha256} file={one} />
      ) : list === undefined ? (
        <EmptyState title={t('common.loading')} />
      ) : (
        <AddModel onAdded={(sha256) => (setChosen(sha256), setAdding(false))} />
      )}
    </MasterScreen>
  );
}

// Over 80 lines: the markup of one file, in the order in which it is seen.
function OneFile({ file }: { file: FileRow }) {
  const [deleting, setDeleting] = useState(false);
  const memory = useApp((s) => s.info?.memory_bytes ?? Number.POSITIVE_INFINITY);
  const forget = (remove: boolean): void =>
    void host()
      ['languages.forget']({ sha256: file.sha256, remove })
      .catch((thrown: unknown) => toastProblem(toProblem(thrown)));
  const { facts } = file;
  return (
    <>
      <header className={styles.mainHead}>
        <div>
          <h2>{facts?.title ?? file.name}</h2>
          <p>{file.path}</p>
        </div>
        <div className={styles.actions}>
          <Button icon={X} onPress={() => forget(false)}>
            {t('language.forget')}
          </Button>
          <Button look="danger" icon={Trash2} onPress={() => setDeleting(true)}>
            {t('language.delete')}
          </Button>
        </div>
      </header>
      {file.memory_bytes > memory && (
        <p className={styles.alarm} role="note">
          {t('language.tooLarge', { memory: sayBytes(memory) })}
        </p>
      )}
      <div className={styles.cards}>
        {facts && <ModelFacts facts={facts} />}
        <Card title={t('language.fileSize')}>
          <Facts
            facts={[
              [t('language.fileSize'), sayBytes(file.bytes)],
              [t('language.memory'), sayBytes(file.memory_bytes)],
              [t('language.added'), sayWhen(file.added_ms)],
              [t('language.hash'), file.sha256.slice(0, 16)],
            ]}
          />
        </Card>
        <Card
          title={t('language.use')}
          tools={
            <Button size="small" look="quiet" icon={Workflow} iconSize={12} onPress={() => makeModelNode(file.path)}>
              {t('language.makeNode')}
            </Button>
          }
        >
          <pre
            className={styles.code}
            tabIndex={0}
          >{`"kind": "language.model",\n"params": { "file": ${JSON.stringify(file.path)} }`}</pre>
        </Card>
      </div>
      <Dialog
        title={t('language.deleteTitle', { name: file.name })}
        isOpen={deleting}
        alert
        onClose={() => setDeleting(false)}
        footer={
          <>
            <Button onPress={() => setDeleting(false)}>{t('common.cancel')}</Button>
            <Button
              look="danger"
              icon={Trash2}
              onPress={() => {
                setDeleting(false);
                forget(true);
              }}
            >
              {t('language.delete')}
            </Button>
          </>
        }
      >
        <p>{t('language.deleteBody')}</p>
      </Dialog>
    </>
  );
}

function ModelFacts({ facts }: { facts: NonNullable<FileRow['facts']> }) {
  return (
    <Card title={t('language.facts')}>
      <Facts
        facts={[
          [t('language.architecture'), facts.architecture],
          [
            t('language.parameters'),
            facts.parameters < 1e6
              ? sayCount(facts.parameters)
              : t('language.million', { millions: String(Number((facts.parameters / 1e6).toPrecision(3))) }),
          ],
          [t('language.quantisation'), facts.quantisation],
          [t('language.licence'), facts.licence === '' ? t('language.licenceNone') : facts.licence],
          [t('language.context'), t('language.contextTokens', { tokens: sayCount(facts.contextTokens) })],
          [t('language.template'), facts.template === null ? t('language.templateNone') : t('language.templateOwn')],
        ]}
      />
    </Card>
  );
}

function AddModel({ onAdded }: { onAdded: (sha256: string) => void }) {
  const [path, setPath] = useState('');
  const [isBusy, setBusy] = useState(false);
  const bring = async (): Promise<void> => {
    setBusy(true);
    try {
      const rows = await host()['languages.import']({ path: path.trim() });
      toast({ tone: 'ok', title: t('language.imported', { count: rows.length }) });
      const [first] = rows;
      if (first !== undefined) onAdded(first.sha256);
    } catch (thrown) {
      toastProblem(toProblem(thrown));
    } finally {
      setBusy(false);
    }
  };
  return (
    <>
      <header className={styles.mainHead}>
        <div>
          <h2>{t('language.addOne')}</h2>
          <p>{t('language.noModelsHint')}</p>
        </div>
      </header>
      <div className={styles.cards}>
        <Card title={t('language.importTitle')}>
          <form
            className={styles.body}
            style={{ display: 'grid', gap: 10 }}
            onSubmit={(event) => {
              event.preventDefault();
              if (path.trim() !== '' && !isBusy) void bring();
            }}
          >
            <TextField
              label={t('language.importPath')}
              layout="stack"
              mono
              help={t('language.importHint')}
              value={path}
              onChange={setPath}
            />
            <div style={{ display: 'flex', gap: 8 }}>
              <PopoverButton
                label={t('language.choosePath')}
                trigger={<Button icon={FolderOpen}>{t('language.choosePath')}</Button>}
              >
                {(close) => (
                  <Suspense fallback={<p>{t('common.loading')}</p>}>
                    <FileBrowser
                      extensions={['.gguf']}
                      isFolder
                      now={path}
                      onPick={(picked) => {
                        setPath(picked);
                        close();
                      }}
                    />
                  </Suspense>
                )}
              </PopoverButton>
              <Button look="primary" icon={FolderInput} type="submit" isDisabled={path.trim() === '' || isBusy}>
                {isBusy ? t('common.loading') : t('language.import')}
              </Button>
            </div>
          </form>
        </Card>
        <FetchCard icon={Download} onFetched={onAdded} />
        <SecretsCard />
      </div>
    </>
  );
}
