import { Search } from 'lucide-react';
import { useEffect, useId, useRef, useState, type CSSProperties, type ReactNode } from 'react';
import { specs } from '../../../nodes/specs.ts';
import type { AnySpec } from '../../../shared/kind/define-spec.ts';
import { NoSuchKind, NothingFits, sayFound } from './nothing-fits.tsx';
import type { WireNeed } from '../../../shared/pipeline/fitting-port.ts';
import { searchKinds, type KindHit } from './search-kinds.ts';
import { useKept } from '../state/window/view.ts';
import { t } from '../text/t.ts';
import { categoryColor, wireColor } from '../theme/category.ts';
import { Icon } from '../theme/icon.tsx';
import { Kbd } from '../theme/kbd.tsx';
import { kindIcon } from '../theme/kind-icon.ts';
import { Tile } from '../theme/tile.tsx';
import styles from './kind-search.module.css';

interface KindSearchProps {
  label: string;
  need?: WireNeed | undefined;
  after?: AnySpec | undefined;
  onPick: (spec: AnySpec) => void;
  onClose: () => void;
}

/** A field and the kinds that match, walked by arrow keys: the search of quick-add. */
// Over 80 lines: one field and its list, which keys and pointer move together.
export function KindSearch({ label, need, after, onPick, onClose }: KindSearchProps) {
  const [text, setText] = useState('');
  const [active, setActive] = useState(0);
  const recent = useKept((s) => s.recentKinds);
  const answer = searchKinds(specs, { text, need, after, recent });
  const { hits } = answer;
  const field = useRef<HTMLInputElement>(null);
  const list = useRef<HTMLUListElement>(null);
  const id = useId();
  const index = Math.min(active, hits.length - 1);
  const hit = hits[index];
  useEffect(() => field.current?.focus(), []);
  useEffect(() => {
    list.current?.children[index]?.scrollIntoView({ block: 'nearest' });
  }, [index]);

  const wireStyle: (CSSProperties & { '--pc': string }) | undefined = need && { '--pc': wireColor(need.wire) };
  return (
    <>
      <div className={styles.head}>
        <Icon of={Search} size={14} />
        <input
          ref={field}
          role="combobox"
          aria-label={label}
          aria-expanded
          aria-controls={`${id}-list`}
          aria-activedescendant={hit && `${id}-${hit.spec.kind}`}
          placeholder={t('canvas.findNode')}
          value={text}
          onChange={(event) => {
            setText(event.target.value);
            setActive(0);
          }}
          onKeyDown={(event) => {
            event.stopPropagation();
            const step = { ArrowDown: 1, ArrowUp: -1, PageDown: 8, PageUp: -8 }[event.key];
            if (step !== undefined) {
              event.preventDefault();
              setActive(Math.max(0, Math.min(hits.length - 1, index + step)));
            } else if (event.key === 'Enter' && hit) {
              event.preventDefault();
              onPick(hit.spec);
            } else if (event.key === 'Escape' || (event.key === 'Tab' && hits.length > 0)) {
              event.preventDefault();
              onClose();
            }
          }}
        />
        {need && (
          <span className={styles.wireName} style={wireStyle}>
            {t(`canvas.wire.${need.wire}`)}
          </span>
        )}
      </div>
      <NoSuchKind answer={answer} />
      {hits.length === 0 ? (
        <NothingFits
          query={text}
          answer={answer}
          need={need}
          onPick={onPick}
          onClose={onClose}
          onShowAll={() => {
            setText('');
            field.current?.focus();
          }}
        />
      ) : (
        <ul ref={list} id={`${id}-list`} className={styles.options} role="listbox" aria-label={label}>
          {hits.map((found, i) => (
            <li
              key={found.spec.kind}
              id={`${id}-${found.spec.kind}`}
              role="option"
              aria-selected={i === index}
              className={styles.option}
              data-note={found.note}
              onPointerMove={() => setActive(i)}
              onPointerDown={(event) => event.preventDefault()}
              onClick={() => onPick(found.spec)}
            >
              <Kind found={found} isActive={i === index} />
            </li>
          ))}
        </ul>
      )}
      {hit && <p className={styles.foot}>{hit.spec.about}</p>}
    </>
  );
}

function Kind({ found, isActive }: { found: KindHit; isActive: boolean }) {
  return (
    <>
      <Tile icon={kindIcon(found.spec)} color={categoryColor(found.spec.category)} />
      <b>{marked(found)}</b>
      {found.note ? (
        <small>{t(`canvas.${found.note}`)}</small>
      ) : found.found ? (
        <small>{sayFound(found)}</small>
      ) : (
        isActive && (
          <small>
            <Kbd>↵</Kbd>
          </small>
        )
      )}
    </>
  );
}

export function marked({ spec, marks }: Pick<KindHit, 'spec' | 'marks'>): ReactNode {
  const parts: ReactNode[] = [];
  let at = 0;
  for (const [from, to] of marks) {
    parts.push(spec.title.slice(at, from), <mark key={from}>{spec.title.slice(from, to)}</mark>);
    at = to;
  }
  return [...parts, spec.title.slice(at)];
}
