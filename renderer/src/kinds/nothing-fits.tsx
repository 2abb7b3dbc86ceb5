import type { KeyboardEvent } from 'react';
import { specs } from '../../../nodes/specs.ts';
import type { AnySpec } from '../../../shared/kind/define-spec.ts';
import { t } from '../text/t.ts';
import { categoryColor } from '../theme/category.ts';
import { kindIcon } from '../theme/kind-icon.ts';
import { Tile } from '../theme/tile.tsx';
import styles from './nothing-fits.module.css';
import type { WireNeed } from '../../../shared/pipeline/fitting-port.ts';
import { fits, type KindAnswer, type KindHit } from './search-kinds.ts';

/** What does most of what no node does. */
const ways = ['combine.sql', 'clean.derive'];

interface NothingFitsProps {
  query: string;
  answer: KindAnswer;
  need?: WireNeed | undefined;
  onPick: (spec: AnySpec) => void;
  onShowAll: () => void;
  /** Escape, where this stands in something that closes. */
  onClose?: () => void;
}

/** No kind is called so: why, what often does it all the same, and the way back to all of them. */
export function NothingFits({ query, answer, need, onPick, onShowAll, onClose }: NothingFitsProps) {
  const onKeyDown = (event: KeyboardEvent): void => {
    if (event.key !== 'Escape' || onClose === undefined) return;
    event.stopPropagation();
    onClose();
  };
  const others = ways.flatMap((kind) => specs.get(kind) ?? []).filter((spec) => fits(spec, need));
  const { unfit, missing } = answer;
  return (
    <div className={styles.nothing} role="status">
      {missing === undefined && (
        <p>
          {unfit === undefined || need === undefined
            ? t('canvas.nothingFits', { query })
            : t(`canvas.unfit.${need.needs}`, { title: unfit.title, wire: t(`canvas.wire.${need.wire}`) })}
        </p>
      )}
      {missing === undefined && unfit === undefined && others.length > 0 && (
        <>
          <p>{t('canvas.othersMay')}</p>
          {others.map((spec) => (
            <button
              key={spec.kind}
              type="button"
              className={styles.way}
              onKeyDown={onKeyDown}
              onClick={() => onPick(spec)}
            >
              <Tile icon={kindIcon(spec)} color={categoryColor(spec.category)} />
              {spec.title}
            </button>
          ))}
        </>
      )}
      <button type="button" className={styles.all} onKeyDown={onKeyDown} onClick={onShowAll}>
        {need === undefined ? t('canvas.showAll') : t('canvas.showFitting')}
      </button>
    </div>
  );
}

/** That no kind does it, above the nearest ones. */
export function NoSuchKind({ answer: { missing } }: { answer: KindAnswer }) {
  return missing === undefined ? null : (
    <p className={styles.missing} role="status">
      {missing}
    </p>
  );
}

/** Why something was found that is not called so. */
export const sayFound = ({ found }: Pick<KindHit, 'found'>): string | undefined =>
  found && t(`canvas.found.${found.by}`, { text: found.text });
