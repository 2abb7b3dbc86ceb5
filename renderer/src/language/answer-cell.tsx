import { Check, Gavel, TriangleAlert, X } from 'lucide-react';
import type { CSSProperties } from 'react';
import { findJsonFault } from '../../../shared/json/check-json.ts';
import { sayCount, sayDuration } from '../text/say.ts';
import { t } from '../text/t.ts';
import { Icon } from '../theme/icon.tsx';
import { ProgressRing } from '../theme/surface.tsx';
import { AnswerWithSources } from './answer-sources.tsx';
import styles from './language.module.css';
import {
  askedText,
  cellKey,
  judgedText,
  meanScore,
  useCells,
  usePlayground,
  type Cell,
  type DraftPrompt,
  type Judgement,
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
        <AnswerText cell={cell} />
      )}
      {cell?.judgement !== undefined && <Verdict cell={cell} judgement={cell.judgement} />}
      <footer>{cell === undefined ? t('language.notAsked') : <Foot cell={cell} isStale={cell.asked !== now} />}</footer>
    </div>
  );
}

/** An answer in its form as names and values; what does not keep it as it was written, with its fault. */
function AnswerText({ cell }: { cell: Cell | undefined }) {
  if (cell === undefined) return null;
  if (cell.status === 'done' && cell.schema === undefined && cell.answer?.sources !== undefined)
    return <AnswerWithSources text={cell.text} sources={cell.answer.sources} />;
  if (cell.status !== 'done' || cell.schema === undefined) return <Words text={cell.text} />;
  const fault = faultOf(cell);
  const value = readJson(cell.text);
  if (fault !== undefined || typeof value !== 'object' || value === null || Array.isArray(value))
    return (
      <>
        <Words text={cell.text} />
        {fault !== undefined && (
          <p className={styles.fault}>
            <Icon of={X} size={12} /> {fault}
          </p>
        )}
      </>
    );
  return (
    <dl className={styles.fields}>
      {Object.entries(value).map(([name, part]) => (
        <div key={name}>
          <dt>{name}</dt>
          <dd>{typeof part === 'string' ? part : JSON.stringify(part)}</dd>
        </div>
      ))}
    </dl>
  );
}

/** What goes on from a prompt often begins with empty lines: nothing to look at. */
const Words = ({ text }: { text: string }) => <p className={styles.text}>{text.trimStart()}</p>;

/** Why an answer does not keep the form that was asked for; undefined: it does, or none was asked for. */
export function faultOf({ text, schema }: Pick<Cell, 'text' | 'schema'>): string | undefined {
  if (schema === undefined) return undefined;
  const value = readJson(text);
  return value === undefined ? t('language.noJson') : findJsonFault(value, schema);
}

function readJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

export const sayScore = ({ mean, spread }: { mean: number; spread: number }): string =>
  t('language.score', { mean: mean.toFixed(1), spread: spread.toFixed(1) });

/** The judge's mean on the line from 1 to 5, its spread over the repeats, and why. */
function Verdict({ cell, judgement }: { cell: Cell; judgement: Judgement }) {
  const judge = usePlayground((s) => s.judge);
  if (judgement.judged !== judgedText(cell.text, judge)) return null;
  if (judgement.status === 'waiting')
    return (
      <p className={styles.verdict}>
        <ProgressRing fraction={null} size={12} /> {t('language.judging')}
      </p>
    );
  const score = meanScore(judgement.scores);
  if (judgement.status === 'failed' || score === undefined)
    return (
      <p className={styles.verdict}>
        <Icon of={TriangleAlert} size={12} /> {judgement.problem?.message ?? t('language.notJudged')}
      </p>
    );
  const missing = judgement.scores.filter((one) => one === null).length;
  const style: CSSProperties & { '--at': string; '--spread': string } = {
    '--at': `${((score.mean - 1) / 4) * 100}%`,
    '--spread': `${(score.spread / 4) * 100}%`,
  };
  return (
    <p className={styles.verdict} title={judgement.reason}>
      <Icon of={Gavel} size={12} />
      <span className={styles.scale} style={style} aria-hidden>
        <i />
        <em />
      </span>
      <b>{sayScore(score)}</b>
      {missing > 0 && <span>{t('language.unanswered', { count: missing })}</span>}
      <span className={styles.reason}>{judgement.reason}</span>
    </p>
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
