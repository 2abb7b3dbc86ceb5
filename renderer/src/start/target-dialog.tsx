import { useEffect, useState } from 'react';
import { toProblem, type Problem } from '../../../shared/errors.ts';
import { host } from '../rpc/host.ts';
import type { Answer } from '../rpc/host-client.ts';
import { readerFor } from '../palette/reader-for.ts';
import { openDocument } from '../state/documents.ts';
import { closeOverlay } from '../state/overlay.ts';
import { toastProblem } from '../state/toasts.ts';
import { showScreen } from '../state/view.ts';
import { sayType } from '../text/say-column.ts';
import { t } from '../text/t.ts';
import { Button } from '../theme/button.tsx';
import { Select } from '../theme/choice.tsx';
import { Dialog } from '../theme/dialog.tsx';
import { openReader } from './open-reader.ts';

type ReadValue = Extract<NonNullable<Problem['fixes']>[number], { do: 'set' }>['value'];

/** After a data file was chosen: which column to predict. The answer builds the quick start, or only the reader. */
export function TargetDialog({ path }: { path: string }) {
  const [found, setFound] = useState<Answer<'pipelines.quickStart'>>();
  const [problem, setProblem] = useState<Problem>();
  const [target, setTarget] = useState<string>();
  const [read, setRead] = useState<Readonly<Record<string, ReadValue>>>({});
  useEffect(() => {
    host()
      ['pipelines.quickStart']({ path, target: null, read: { ...read } })
      .then((answer) => {
        setFound(answer);
        setProblem(undefined);
      })
      .catch((thrown: unknown) => setProblem(toProblem(thrown)));
  }, [path, read]);
  const mends = (problem?.fixes ?? []).flatMap((fix) => (fix.do === 'set' ? [fix] : []));
  const chosen = target ?? found?.target;
  const build = async (): Promise<void> => {
    if (found === undefined || chosen === undefined) return;
    try {
      const file =
        chosen === found.target
          ? found.file
          : (await host()['pipelines.quickStart']({ path, target: chosen, read: { ...read } })).file;
      openDocument(file, { path: null, unsaved: true });
      showScreen({ name: 'pipeline' });
      closeOverlay();
    } catch (thrown) {
      toastProblem(toProblem(thrown));
    }
  };
  const onlyRead = (): void => {
    const reader = readerFor(path);
    if (reader === undefined) return;
    openReader(reader, path, read);
    closeOverlay();
  };
  return (
    <Dialog
      title={t('start.target.title')}
      isOpen
      onClose={closeOverlay}
      footer={
        <>
          <Button look="quiet" onPress={closeOverlay}>
            {t('common.cancel')}
          </Button>
          <Button onPress={onlyRead}>{t('start.target.onlyRead')}</Button>
          <Button look="primary" isDisabled={chosen === undefined} onPress={() => void build()}>
            {t('start.target.build')}
          </Button>
        </>
      }
    >
      <p style={{ marginBottom: 12 }}>{t('start.target.hint')}</p>
      {problem ? (
        <>
          <p role="alert" style={{ color: 'var(--bad)' }}>
            {problem.message} {problem.mend}
          </p>
          {mends.length > 0 && (
            <div style={{ display: 'flex', flexWrap: 'wrap', gap: 8, marginTop: 12 }}>
              {mends.map(({ title, param, value }) => (
                <Button
                  key={title}
                  onPress={() => {
                    setProblem(undefined);
                    setRead({ ...read, [param]: value });
                  }}
                >
                  {title}
                </Button>
              ))}
            </div>
          )}
        </>
      ) : found ? (
        <Select
          label={t('start.target.choose')}
          layout="stack"
          value={chosen ?? null}
          onChange={setTarget}
          options={found.columns.map((c) => ({
            id: c.name,
            title: c.name,
            about: c.name === found.target ? `${sayType(c.type)}, ${t('start.target.suggested')}` : sayType(c.type),
          }))}
        />
      ) : (
        <p>{t('start.target.reading')}</p>
      )}
    </Dialog>
  );
}
