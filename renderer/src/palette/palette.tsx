import { ChevronDown } from 'lucide-react';
import { useEffect, useMemo, useRef, useState } from 'react';
import { specs } from '../../../nodes/specs.ts';
import { categories, type AnySpec, type Category } from '../../../shared/kind/define-spec.ts';
import { addBeside } from '../drawing/canvas-commands.ts';
import { marked } from '../kinds/kind-search.tsx';
import { kindDragType } from '../readers/reader-for.ts';
import { useKept } from '../state/window/view.ts';
import { t } from '../text/t.ts';
import { categoryColor } from '../theme/category.ts';
import { Icon } from '../theme/icon.tsx';
import { Kbd } from '../theme/kbd.tsx';
import { kindIcon } from '../theme/kind-icon.ts';
import { SearchField } from '../theme/text-field.tsx';
import { Tile } from '../theme/tile.tsx';
import styles from './palette.module.css';
import { NoSuchKind, NothingFits, sayFound } from '../kinds/nothing-fits.tsx';
import { prepareSearch, searchKinds, type KindHit } from '../kinds/search-kinds.ts';

/** All node kinds by category. Drag one onto the canvas or onto a wire, or click it to put it beside the selection. */
export function Palette() {
  const [text, setText] = useState('');
  const list = useRef<HTMLDivElement>(null);
  const groups = useMemo(() => byCategory(specs.values()), []);
  useEffect(() => {
    const idle = setTimeout(() => prepareSearch(specs), 1000);
    return () => clearTimeout(idle);
  }, []);
  const answer = useMemo(() => (text.trim() === '' ? undefined : searchKinds(specs, { text })), [text]);
  const hits = answer?.hits;
  return (
    <div className={styles.palette}>
      <div className={styles.find}>
        <SearchField
          label={t('canvas.findNode')}
          placeholder={t('canvas.findNode')}
          value={text}
          onChange={setText}
          tail={text === '' ? <Kbd>/</Kbd> : null}
          onSubmit={() => {
            if (hits?.[0]) addBeside(hits[0].spec);
          }}
          onKeyDown={(event) => {
            if (event.key === 'ArrowDown') list.current?.querySelector('button')?.focus();
            else event.continuePropagation();
          }}
        />
      </div>
      <div
        ref={list}
        className={styles.list}
        role="presentation"
        onKeyDown={(event) => {
          const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
          if (step === undefined) return;
          const buttons = [...event.currentTarget.querySelectorAll('button')];
          const next = buttons[buttons.findIndex((b) => b === document.activeElement) + step];
          if (next) {
            event.preventDefault();
            next.focus();
          }
        }}
      >
        {answer === undefined ? (
          groups.map(([category, kinds]) => <CategoryList key={category} category={category} kinds={kinds} />)
        ) : (
          <>
            <NoSuchKind answer={answer} />
            {answer.hits.map((hit) => (
              <KindButton key={hit.spec.kind} hit={hit} />
            ))}
            {answer.hits.length === 0 && (
              <NothingFits query={text} answer={answer} onPick={addBeside} onShowAll={() => setText('')} />
            )}
          </>
        )}
      </div>
    </div>
  );
}

function CategoryList({ category, kinds }: { category: Category; kinds: readonly AnySpec[] }) {
  const folded = useKept((s) => s.foldedCategories.includes(category));
  return (
    <section>
      <h3>
        <button
          type="button"
          className={styles.category}
          aria-expanded={!folded}
          onClick={() =>
            useKept.setState((s) => ({
              foldedCategories: folded
                ? s.foldedCategories.filter((c) => c !== category)
                : [...s.foldedCategories, category],
            }))
          }
        >
          <Icon of={ChevronDown} size={12} />
          {t(`canvas.categories.${category}`)}
          <span>{kinds.length}</span>
        </button>
      </h3>
      {!folded && kinds.map((spec) => <KindButton key={spec.kind} hit={{ spec, score: 0, marks: [] }} />)}
    </section>
  );
}

function KindButton({ hit }: { hit: KindHit }) {
  const { spec } = hit;
  const why = sayFound(hit);
  return (
    <button
      type="button"
      className={styles.kind}
      title={spec.about}
      draggable
      data-kind={spec.kind}
      onClick={() => addBeside(spec)}
      onDragStart={(event) => {
        event.dataTransfer.setData(kindDragType, spec.kind);
        event.dataTransfer.effectAllowed = 'copy';
      }}
    >
      <Tile icon={kindIcon(spec)} color={categoryColor(spec.category)} />
      <b>{marked(hit)}</b>
      {why && <small>{why}</small>}
    </button>
  );
}

function byCategory(all: Iterable<AnySpec>): [Category, AnySpec[]][] {
  const groups = new Map<Category, AnySpec[]>();
  for (const spec of all) groups.set(spec.category, [...(groups.get(spec.category) ?? []), spec]);
  return categories.flatMap((category): [Category, AnySpec[]][] => {
    const kinds = groups.get(category);
    return kinds ? [[category, kinds.sort((a, b) => (a.title < b.title ? -1 : 1))]] : [];
  });
}
