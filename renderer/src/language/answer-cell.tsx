import { Check, TriangleAlert, X } from 'lucide-react';
import { sayCount, sayDuration } from '../text/say.ts';
import { t } from '../text/t.ts';
import { Icon } from '../theme/icon.tsx';
import { ProgressRing } from '../theme/surface.tsx';
import styles from './language.module.css';
import {
  askedText,
  cellKey,
  useCells,
  usePlayground,
  type Cell,
  type DraftPrompt,
  type LanguageAnswer,
  type TestRow,
} from './playground-store.ts';

/** One answer: its text as it comes, then its time, tokens and how it ended. */
export function AnswerCell({ prompt, model, row }: { prompt: DraftPrompt; model: string; row: TestRow }) {
  const cell = useCells((s) => s.cells[cellKey(prompt.id, model, row.id)]);
  const now = usePlayground((s) => askedText(prompt, row.values, s));
  return (
    <div
      className={styles.cell}
      data-status={cell?.status}
      data-stale={(cell !== undefined && cell.asked !== now) || undefined}
    >
      {cell?.status === 'failed' ? (
        <p className={styles.failure}>
          <b>{cell.problem?.message}</b> {cell.problem?.mend}
        </p>
      ) : (
        <p className={styles.text}>{cell?.text}</p>
      )}
      <footer>{cell === undefined ? t('language.notAsked') : <Foot cell={cell} isStale={cell.asked !== now} />}</footer>
    </div>
  );
}

function Foot({ cell, isStale }: { cell: Cell; isStale: boolean }) {
  switch (cell.status) {
    case 'waiting':
      return <>{t('language.waiting')}</>;
    case 'writing':
      return (
        <>
          <ProgressRing fraction={null} size={12} /> {t('language.writing')}
        </>
      );
    case 'stopped':
      return <>{t('language.stopped')}</>;
    case 'failed':
      return <Icon of={X} size={12} />;
    case 'done':
      return (
        <>
          {isStale ? (
            <span className={styles.warn}>
              <Icon of={TriangleAlert} size={12} /> {t('language.changed')}
            </span>
          ) : cell.answer?.reason === 'length' ? (
            <span className={styles.warn}>
              <Icon of={TriangleAlert} size={12} /> {t('language.cut')}
            </span>
          ) : (
            <span className={styles.ok}>
              <Icon of={Check} size={12} />
            </span>
          )}
          {cell.answer && <span>{sayFigures(cell.answer)}</span>}
        </>
      );
  }
}

export const sayFigures = ({ ms, firstTokenMs, completionTokens }: LanguageAnswer): string =>
  t('language.figures', {
    seconds: sayDuration(ms),
    tokens: sayCount(completionTokens),
    speed: ms <= firstTokenMs ? '–' : ((1000 * Math.max(0, completionTokens - 1)) / (ms - firstTokenMs)).toFixed(0),
  });
