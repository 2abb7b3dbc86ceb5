import { Check, Play } from 'lucide-react';
import { useState } from 'react';
import { toProblem } from '../../../shared/errors.ts';
import { readerFor } from '../readers/reader-for.ts';
import { openDocument } from '../state/documents/documents.ts';
import { closeOverlay } from '../state/window/overlay.ts';
import { runPipeline } from '../state/runs/run-commands.ts';
import { toastProblem } from '../state/window/toasts.ts';
import { showScreen } from '../state/window/view.ts';
import { t } from '../text/t.ts';
import { Button } from '../theme/button.tsx';
import { Dialog } from '../theme/dialog.tsx';
import { Icon } from '../theme/icon.tsx';
import { likelyId } from './likely-id.ts';
import { likelyTexts, withTexts } from './likely-texts.ts';
import { openReader } from '../readers/open-reader.ts';
import { TargetColumns } from './target-columns.tsx';
import { sayFile, sayTask } from './target-words.ts';
import styles from './target.module.css';
import { useQuickStart, type QuickStart, type Reading } from './use-quick-start.ts';

/** After a data file was chosen: what it holds, and which column to predict. The answer builds the quick start, or only the reader. */
export function TargetDialog({ path }: { path: string }) {
  const [reading, setReading] = useState<Reading>({});
  const [target, setTarget] = useState<string>();
  const start = useQuickStart(path, reading);
  const { found, problem } = start;
  const chosen = target ?? found?.target;
  const canBuild = found !== undefined && chosen !== undefined && problem === undefined && !start.isLooking;
  const build = (thenRun: boolean): void => {
    if (found === undefined || chosen === undefined) return;
    try {
      openDocument(predicting(found.file, chosen, start.profile), { path: null, unsaved: true });
      showScreen({ name: 'pipeline' });
      closeOverlay();
      if (thenRun) void runPipeline();
    } catch (thrown) {
      toastProblem(toProblem(thrown));
    }
  };
  const onlyRead = (): void => {
    const reader = readerFor(path);
    if (reader === undefined) return;
    openReader(reader, path, start.read);
    closeOverlay();
  };
  return (
    <Dialog
      title={t('start.target.title')}
      isOpen
      wide
      onClose={closeOverlay}
      footer={
        <>
          <Button look="quiet" onPress={closeOverlay}>
            {t('common.cancel')}
          </Button>
          <Button onPress={onlyRead}>{t('start.target.onlyRead')}</Button>
          <Button isDisabled={!canBuild} onPress={() => build(false)}>
            {t('start.target.build')}
          </Button>
          <Button look="primary" icon={Play} iconSize={11} solidIcon isDisabled={!canBuild} onPress={() => build(true)}>
            {t('start.target.buildAndRun')}
          </Button>
        </>
      }
    >
      {problem ? (
        <Unread start={start} onChoose={(param, value) => setReading({ ...reading, [param]: value })} />
      ) : found !== undefined && chosen !== undefined ? (
        <>
          <Says path={path} start={start} />
          <p className={styles.hint}>{t('start.target.hint')}</p>
          <TargetColumns
            columns={start.columns}
            profile={start.profile}
            suggested={found.target}
            value={chosen}
            onChange={setTarget}
          />
          <Reasons start={start} chosen={chosen} />
        </>
      ) : (
        <p>{t('start.target.reading')}</p>
      )}
    </Dialog>
  );
}

type Found = NonNullable<QuickStart['found']>;

/** The quick start with this column to predict, without learning from the one that names the rows, and by the words of texts. */
function predicting(given: Found['file'], target: string, profile: QuickStart['profile']): Found['file'] {
  const id = likelyId(profile, target);
  const file = withTexts(given, likelyTexts(profile, [target, id]));
  return {
    ...file,
    nodes: Object.fromEntries(
      Object.entries(file.nodes).map(([name, node]) => [
        name,
        node.kind === 'split.rows' && id !== undefined ? { ...node, params: { ...node.params, id } } : node,
      ]),
    ),
    parameters: Object.fromEntries(
      Object.entries(file.parameters).map(([name, spec]) => [
        name,
        spec.type === 'column' ? { ...spec, default: target } : spec,
      ]),
    ),
  };
}

/** What the file holds, and what of it is taken another way than it is written. */
function Says({ path, start: { columns, profile, taken } }: { path: string; start: QuickStart }) {
  return (
    <>
      <p className={styles.says}>
        {t('start.target.file', { name: path.split('/').at(-1) ?? path, says: sayFile(columns, profile) })}
      </p>
      {taken.length > 0 && (
        <ul className={styles.taken}>
          {taken.map(({ title, columns: names }) => (
            <li key={title}>
              <Icon of={Check} size={12} stroke={1.7} />
              {t('start.target.taken', { title, columns: names.slice(0, 5).join(', ') })}
            </li>
          ))}
        </ul>
      )}
    </>
  );
}

/** Why this column, and what will be learnt of it. */
function Reasons({ start: { found, profile }, chosen }: { start: QuickStart; chosen: string }) {
  const column = profile?.columns.find((c) => c.name === chosen);
  const id = likelyId(profile, chosen);
  const texts = likelyTexts(profile, [chosen, id]);
  const why =
    found?.target === chosen && found.reason !== 'asked'
      ? t(found.reason === 'name' ? 'start.target.byName' : 'start.target.byPlace')
      : '';
  return (
    <p className={styles.reasons} aria-live="polite" data-testid="target-reasons">
      <b>{chosen}</b>
      {`: ${[why, ...(column === undefined ? [] : sayTask(column)), id === undefined ? '' : t('start.target.id', { id }), texts.length === 0 ? '' : t('start.target.texts', { columns: texts.map((name) => `“${name}”`).join(', '), count: texts.length })].filter((part) => part !== '').join(' ')}`}
    </p>
  );
}

/** A file that cannot be read as it is, and the ways out. */
function Unread({
  start: { problem },
  onChoose,
}: {
  start: QuickStart;
  onChoose: (param: string, value: Reading[string]) => void;
}) {
  const mends = (problem?.fixes ?? []).flatMap((fix) => (fix.do === 'set' ? [fix] : []));
  return (
    <>
      <p role="alert" style={{ color: 'var(--bad)' }}>
        {problem?.message} {problem?.mend}
      </p>
      {mends.length > 0 && (
        <div style={{ display: 'flex', flexWrap: 'wrap', gap: 8, marginTop: 12 }}>
          {mends.map(({ title, param, value }) => (
            <Button key={title} onPress={() => onChoose(param, value)}>
              {title}
            </Button>
          ))}
        </div>
      )}
    </>
  );
}
