import { Trash2 } from 'lucide-react';
import { sayCount, sayDuration } from '../text/say.ts';
import { t } from '../text/t.ts';
import { IconButton } from '../theme/button.tsx';
import { faultOf, sayScore } from './answer-cell.tsx';
import styles from './language.module.css';
import {
  cellKey,
  judgedText,
  meanScore,
  playground,
  promptName,
  useCells,
  usePlayground,
  type Choice,
  type DraftPrompt,
} from './playground-store.ts';

/** A model under a prompt: how far it is, how fast, how many answers keep their form, and what the judge says of all. */
export function ModelHead({
  prompt,
  index,
  model,
  choice,
}: {
  prompt: DraftPrompt;
  index: number;
  model: string;
  choice: Choice | undefined;
}) {
  const rows = usePlayground((s) => s.rows);
  const judge = usePlayground((s) => s.judge);
  const all = useCells((s) => s.cells);
  if (choice === undefined) return null;
  const cells = rows.flatMap((row) => all[cellKey(prompt.id, model, row.id)] ?? []);
  const done = cells.flatMap((cell) => cell.answer ?? []);
  const formed = cells.filter((cell) => cell.status === 'done' && cell.schema !== undefined);
  const judged = cells.flatMap((cell) =>
    cell.judgement?.status === 'done' && cell.judgement.judged === judgedText(cell.text, judge)
      ? cell.judgement.scores
      : [],
  );
  const times = done.map((answer) => answer.ms).sort((a, b) => a - b);
  const tokens = done.reduce((sum, answer) => sum + answer.completionTokens, 0);
  const cost = done.reduce((sum, answer) => sum + (answer.cost ?? 0), 0);
  const figures =
    done.length === 0
      ? [t('language.notAsked')]
      : [
          t('language.columnFigures', {
            done: sayCount(done.length),
            total: sayCount(rows.length),
            seconds: sayDuration(times[Math.floor(times.length / 2)] ?? 0),
            tokens: sayCount(tokens),
          }),
          cost > 0 ? t('language.cost', { cost: cost.toPrecision(2) }) : t('language.local'),
          ...(formed.length === 0
            ? []
            : [
                t('language.keptForm', {
                  kept: sayCount(formed.filter((cell) => faultOf(cell) === undefined).length),
                  total: sayCount(formed.length),
                }),
              ]),
        ];
  const score = meanScore(judged);
  return (
    <div className={styles.modelHead}>
      <span className={styles.letter}>{promptName(index)}</span>
      <span className={styles.modelName}>
        <b title={choice.title}>{choice.title}</b>
        <small title={choice.about}>
          {choice.chats ? choice.about : `${choice.about} · ${t('language.continues')}`}
        </small>
      </span>
      <IconButton
        icon={Trash2}
        size="small"
        label={t('language.removeModel', { name: choice.title })}
        onPress={() => playground.removeModel(model)}
      />
      <small className={styles.figures}>
        {figures.join(' · ')}
        {judged.length > 0 && (
          <>
            {' · '}
            <b>{score === undefined ? t('language.notJudged') : t('language.judgeMean', { score: sayScore(score) })}</b>
          </>
        )}
      </small>
    </div>
  );
}
