import { BookOpenText, TriangleAlert } from 'lucide-react';
import { useId } from 'react';
import { readCitations, splitCitations } from '../../../shared/language/citations.ts';
import type { AnswerSource } from '../../../shared/language/language-model.ts';
import { t } from '../text/t.ts';
import { Icon } from '../theme/icon.tsx';
import styles from './answer-sources.module.css';
import language from './language.module.css';

/** An answer that was drawn from passages: its citations as signs that lead to them, and the passages below, those that it cites first. */
export function AnswerWithSources({ text, sources }: { text: string; sources: readonly AnswerSource[] }) {
  const id = useId();
  const { cited, unknown } = readCitations(text, sources.length);
  const used = cited.flatMap((number) => sources.find((source) => source.number === number) ?? []);
  const others = sources.filter(({ number }) => !cited.includes(number));
  return (
    <>
      <p className={language.text}>
        {splitCitations(text).map((piece, i) =>
          'text' in piece ? (
            piece.text
          ) : sources.some(({ number }) => number === piece.cites) ? (
            <a key={i} className={styles.mark} href={`#${id}-${piece.cites}`} title={nameOf(sources, piece.cites)}>
              {piece.cites}
            </a>
          ) : (
            <span key={i} className={styles.wrong} title={t('language.citesNothing')}>
              {piece.cites}
            </span>
          ),
        )}
      </p>
      {(unknown > 0 || (used.length === 0 && sources.length > 0)) && (
        <p className={styles.note} role="note">
          <Icon of={TriangleAlert} size={12} />
          {unknown > 0 ? t('language.falseCitations', { count: unknown }) : t('language.noCitation')}
        </p>
      )}
      {used.length > 0 && (
        <ol className={styles.sources} aria-label={t('language.sources')}>
          {used.map((source) => (
            <Passage key={source.number} id={`${id}-${source.number}`} source={source} />
          ))}
        </ol>
      )}
      {others.length > 0 && (
        <details className={styles.others}>
          <summary>{t('language.otherSources', { count: others.length })}</summary>
          <ol className={styles.sources}>
            {others.map((source) => (
              <Passage key={source.number} id={`${id}-${source.number}`} source={source} />
            ))}
          </ol>
        </details>
      )}
      {sources.length === 0 && (
        <p className={styles.note} role="note">
          <Icon of={BookOpenText} size={12} />
          {t('language.noPassage')}
        </p>
      )}
    </>
  );
}

const nameOf = (sources: readonly AnswerSource[], number: number): string =>
  sources.find((source) => source.number === number)?.source ?? '';

function Passage({ id, source }: { id: string; source: AnswerSource }) {
  return (
    <li id={id} className={styles.passage} tabIndex={-1}>
      <header>
        <span className={styles.mark}>{source.number}</span>
        <b>{source.source === '' ? t('language.passage', { number: String(source.number) }) : source.source}</b>
        <small>{t('language.match', { score: source.score.toFixed(1) })}</small>
      </header>
      <p>{source.text}</p>
    </li>
  );
}
