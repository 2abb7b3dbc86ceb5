import type { ReportBlock } from '../../../shared/report.ts';
import { t } from '../text/t.ts';
import { BlockCard } from './block-card.tsx';
import styles from './tokens-block.module.css';

type Tokens = Extract<ReportBlock, { type: 'tokens' }>;

/** Texts token by token: what is learnt stands out, what is only read is quiet. */
export function TokensBlock({ block }: { block: Tokens }) {
  return (
    <BlockCard title={block.title} wide>
      <div className={styles.samples}>
        {block.samples.map((sample, i) => (
          <figure key={i} className={styles.sample}>
            <figcaption>{sample.title}</figcaption>
            <p className={styles.tokens}>
              {sample.tokens.map((token, j) =>
                token.mark === 'learnt' ? (
                  <mark key={j} title={t('report.tokenLearnt')}>
                    {shown(token.text)}
                  </mark>
                ) : (
                  <span key={j} title={t('report.tokenRead')}>
                    {shown(token.text)}
                  </span>
                ),
              )}
            </p>
          </figure>
        ))}
      </div>
      {block.caption && <p className={styles.caption}>{block.caption}</p>}
    </BlockCard>
  );
}

/** White space that a person could not see. */
const shown = (text: string): string => text.replaceAll('\n', '⏎').replaceAll('\t', '⇥') || '∅';
