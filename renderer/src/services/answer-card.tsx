import type { Answer } from '../rpc/host-client.ts';
import { sayShare } from '../text/profile-words.ts';
import { t } from '../text/t.ts';
import { Card } from '../theme/master.tsx';
import styles from '../theme/master.module.css';
import { Chip } from '../theme/surface.tsx';
import own from './answer-card.module.css';
import { readPrediction } from './read-prediction.ts';
import { sayMs } from './service.ts';

const mostBars = 8;

/** What the service said: the prediction large, its chances as bars, and the answer as it came. */
export function AnswerCard({ reply }: { reply: Answer<'services.predict'> | undefined }) {
  const read = reply === undefined ? undefined : readPrediction(reply.body);
  return (
    <Card
      title={t('services.answer')}
      tools={
        reply && (
          <Chip tone={reply.status < 400 ? 'ok' : 'bad'}>
            {t('services.answerStatus', { status: String(reply.status), time: sayMs(reply.latency_ms) })}
          </Chip>
        )
      }
    >
      <div aria-live="polite">
        {reply === undefined ? (
          <p className={styles.body}>{t('services.noAnswer')}</p>
        ) : read === undefined ? (
          <pre className={styles.code}>{JSON.stringify(reply.body, null, 2)}</pre>
        ) : (
          <>
            <p className={own.value}>{read.text ?? t('services.noPrediction')}</p>
            {read.figures.length > 0 && (
              <p className={styles.body}>{read.figures.map(({ name, text }) => `${name} ${text}`).join(' · ')}</p>
            )}
            {read.note !== null && <p className={styles.body}>{read.note}</p>}
            {read.chances.length > 0 && (
              <ol className={own.chances}>
                {read.chances.slice(0, mostBars).map(({ label, chance }) => (
                  <li key={label} title={label}>
                    <span>{label}</span>
                    <i>
                      <b style={{ width: `${chance * 100}%` }} />
                    </i>
                    <small>{t('services.chance', { percent: sayShare(chance, 1) })}</small>
                  </li>
                ))}
              </ol>
            )}
            <details className={own.raw}>
              <summary>{t('services.raw')}</summary>
              <pre className={styles.code}>{JSON.stringify(reply.body, null, 2)}</pre>
            </details>
          </>
        )}
      </div>
    </Card>
  );
}
