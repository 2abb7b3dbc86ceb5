import type { ReportBlock } from '../../../shared/report.ts';
import { readSteps, type ImageValue } from '../../../shared/media/image.ts';
import { Thumbnail } from '../preview/thumbnail.tsx';
import { BlockCard } from './block-card.tsx';
import styles from './images-block.module.css';
import reportStyles from './report.module.css';

type Images = Extract<ReportBlock, { type: 'images' }>;

const sidePx = 84;

/** Pictures with a word each: the mistakes of a classifier, side by side. */
export function ImagesBlock({ block }: { block: Images }) {
  return (
    <BlockCard title={block.title} wide>
      <ul className={styles.grid}>
        {block.items.map((item, i) => (
          <li key={i} className={styles.item} data-tone={item.tone}>
            <span className={styles.frame} title={item.image.name}>
              <Thumbnail image={valueOf(item.image)} sidePx={sidePx} />
            </span>
            <b>{item.caption}</b>
            {item.note !== undefined && <small>{item.note}</small>}
            <small className={styles.name} title={item.image.name}>
              {item.image.name}
            </small>
          </li>
        ))}
      </ul>
      {block.caption && <p className={reportStyles.caption}>{block.caption}</p>}
    </BlockCard>
  );
}

const valueOf = ({ steps, ...image }: Images['items'][number]['image']): ImageValue => ({
  ...image,
  steps: readSteps(steps),
});
