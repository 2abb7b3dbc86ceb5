import { ArrowLeft, ChevronLeft, ChevronRight, Undo2 } from 'lucide-react';
import { useEffect, useRef } from 'react';
import type { Column } from '../../../shared/wires.ts';
import { isTyping } from '../actions/handle-keys.ts';
import { sayKey } from '../actions/keys.ts';
import { sayImage } from '../preview/images/image-cell.tsx';
import { Thumbnail } from '../preview/images/thumbnail.tsx';
import { useActive } from '../state/documents/documents.ts';
import { revealNode, showScreen } from '../state/window/view.ts';
import { sayCount } from '../text/say.ts';
import { t } from '../text/t.ts';
import { Button, IconButton } from '../theme/button.tsx';
import { Switch } from '../theme/choice.tsx';
import { EmptyState } from '../theme/surface.tsx';
import { ClassList } from './class-list.tsx';
import type { LabelRow, LabelRows } from './label-rows.ts';
import styles from './labels.module.css';
import { useLabelling, useLabelParams, useShown, type Labelling, type LabelParams } from './use-labelling.ts';

/** Images or texts, one after the other, and the keys that give them labels. */
export default function LabelsScreen({ node }: { node: string }) {
  const params = useLabelParams(node);
  const isThere = useActive((d) => d?.file.nodes[node] !== undefined);
  const empty = params ?? { column: '' };
  const shown = useShown(node, empty);
  if (params === undefined || !isThere)
    return <EmptyState title={t('labels.noInput')} hint={t('labels.noInputHint')} />;
  if (shown === undefined)
    return (
      <div className={styles.page}>
        <Head node={node} title={t('labels.noColumn')} />
        <EmptyState title={t('labels.noColumn')} hint={t('labels.noColumnHint')} />
      </div>
    );
  return <Sitting key={node} node={node} params={params} shown={shown} />;
}

function Head({ node, title, children }: { node: string; title: string; children?: React.ReactNode }) {
  const hasNode = useActive((d) => d?.file.nodes[node] !== undefined);
  return (
    <header className={styles.head}>
      <IconButton
        icon={ArrowLeft}
        label={t('labels.back')}
        onPress={() => (hasNode ? revealNode(node) : showScreen({ name: 'pipeline' }))}
      />
      <h1>{title}</h1>
      {children}
    </header>
  );
}

function Sitting({ node, params, shown }: { node: string; params: LabelParams; shown: Column }) {
  const sitting = useLabelling(node, params, shown);
  const { row, rows, total, store, names, onlyUnlabelled, isAtEnd, problem } = sitting;
  useLabelKeys(sitting, node);
  const done = Math.min(store?.size ?? 0, total ?? Number.POSITIVE_INFINITY);
  const trouble = problem ?? store?.problem ?? null;
  return (
    <div className={styles.page}>
      <Head node={node} title={t('labels.title', { column: shown.name })}>
        <span
          className={styles.progress}
          role="progressbar"
          aria-label={t('labels.labels')}
          aria-valuenow={total ? Math.round((100 * done) / total) : 0}
        >
          <i style={{ width: `${total ? (100 * done) / total : 0}%` }} />
        </span>
        <span className={styles.count} role="status">
          {total === null
            ? t('labels.progressAlone', { done: sayCount(done) })
            : t('labels.progress', { done: sayCount(done), total: sayCount(total) })}
        </span>
        <span className={styles.spacer} />
        <Switch isSelected={onlyUnlabelled} onChange={sitting.setOnlyUnlabelled}>
          {t('labels.unlabelled')}
        </Switch>
      </Head>
      <div className={styles.work}>
        <section className={styles.stage} aria-label={t('labels.label')}>
          {trouble !== null && (
            <p className={styles.trouble} role="alert">{`${trouble.message} ${trouble.mend ?? ''}`}</p>
          )}
          {row === undefined ? (
            problem !== null ? (
              <EmptyState title={t('labels.failed')} hint={problem.message} />
            ) : isAtEnd && onlyUnlabelled ? (
              <AllDone sitting={sitting} />
            ) : (
              <EmptyState title={t('common.loading')} />
            )
          ) : isAtEnd && onlyUnlabelled && row.key !== null && store?.labelOf(row.key) !== undefined ? (
            <AllDone sitting={sitting} />
          ) : (
            <Shown row={row} total={total} label={row.key === null ? undefined : store?.labelOf(row.key)} />
          )}
          <nav className={styles.steps}>
            <Button icon={ChevronLeft} onPress={() => sitting.step(-1)}>
              {t('labels.previous')}
            </Button>
            <Button icon={Undo2} isDisabled={store?.canUndo() !== true} onPress={sitting.undo}>
              {t('labels.undo')}
            </Button>
            <Button icon={ChevronRight} onPress={() => sitting.step(1)}>
              {row !== undefined && row.key !== null && store?.labelOf(row.key) === undefined
                ? t('labels.skip')
                : t('labels.next')}
            </Button>
          </nav>
          {rows !== null && row !== undefined && <Strip rows={rows} at={row.at} sitting={sitting} />}
        </section>
        <ClassList
          names={names}
          counts={store?.counts() ?? new Map()}
          chosen={row === undefined || row.key === null ? undefined : store?.labelOf(row.key)}
          onGive={sitting.give}
          onAdd={sitting.addLabel}
          status={
            store === null || store.waiting === 0
              ? t('labels.saved', { file: params.file })
              : t('labels.waiting', { count: store.waiting })
          }
        />
      </div>
      <footer className={styles.keys}>{t('labels.keys', { undo: sayKey('Mod+Z') })}</footer>
    </div>
  );
}

function AllDone({ sitting }: { sitting: Labelling }) {
  return (
    <EmptyState title={t('labels.doneTitle')} hint={t('labels.doneHint')}>
      <Button onPress={() => sitting.setOnlyUnlabelled(false)}>{t('labels.showAll')}</Button>
    </EmptyState>
  );
}

/** How large an image may be on the stage; smaller ones are enlarged. */
const stagePx = 380;

function Shown({ row, total, label }: { row: LabelRow; total: number | null; label: string | undefined }) {
  const place =
    total === null
      ? t('labels.row', { row: sayCount(row.at + 1) })
      : t('labels.rowOf', { row: sayCount(row.at + 1), total: sayCount(total) });
  return (
    <div className={styles.shown} data-testid="labelled-row">
      {row.image === undefined ? (
        <p className={styles.text} tabIndex={0}>
          {row.text}
        </p>
      ) : (
        <figure>
          <Thumbnail image={row.image} sidePx={stagePx} />
          <figcaption>{sayImage(row.image)}</figcaption>
        </figure>
      )}
      <p className={styles.facts}>
        <span>{place}</span>
        {label !== undefined && <b>{label}</b>}
        {row.given !== null && <span>{t('labels.given', { label: row.given })}</span>}
        {row.key === null && <span>{t('labels.withoutKey')}</span>}
        {row.others.map(({ name, value }) => (
          <span key={name}>
            {name} <em>{value}</em>
          </span>
        ))}
      </p>
    </div>
  );
}

const around = 5;

/** The rows before and after, small: where one is, and what was given. */
function Strip({ rows, at, sitting }: { rows: LabelRows; at: number; sitting: Labelling }) {
  const near = Array.from({ length: 2 * around + 1 }, (_, i) => rows.here(at - around + i)).filter(
    (r) => r !== undefined,
  );
  return (
    <ol className={styles.strip} aria-label={t('labels.strip')}>
      {near.map((row) => {
        const label = row.key === null ? undefined : sitting.store?.labelOf(row.key);
        return (
          <li key={row.at}>
            <button
              type="button"
              aria-current={row.at === at ? 'true' : undefined}
              aria-label={`${t('labels.row', { row: sayCount(row.at + 1) })}${label === undefined ? '' : `, ${label}`}`}
              onClick={() => sitting.goTo(row.at)}
            >
              {row.image === undefined ? (
                <span>{row.text.slice(0, 60)}</span>
              ) : (
                <Thumbnail image={row.image} sidePx={44} />
              )}
              <small>{label ?? '·'}</small>
            </button>
          </li>
        );
      })}
    </ol>
  );
}

/** Keys of the whole screen, before the window's own. */
function useLabelKeys(sitting: Labelling, node: string): void {
  const now = useRef(sitting);
  useEffect(() => {
    now.current = sitting;
  });
  useEffect(() => {
    const down = (event: KeyboardEvent): void => {
      if (isTyping(event.target) || document.querySelector('[role="dialog"]') !== null) return;
      const { give, step, undo, names, onlyUnlabelled, setOnlyUnlabelled } = now.current;
      const isMod = event.ctrlKey || event.metaKey;
      const name = /^[1-9]$/.test(event.key) ? names[Number(event.key) - 1] : undefined;
      if (isMod && event.key.toLowerCase() === 'z' && !event.shiftKey) undo();
      else if (isMod || event.altKey) return;
      else if (name !== undefined) give(name);
      else if (event.key === '0' || event.key === 'Backspace') give(null);
      else if (event.key === 'ArrowRight') step(1);
      else if (event.key === 'ArrowLeft') step(-1);
      else if (event.key === ' ' && !(event.target instanceof HTMLElement && event.target.closest('button, label')))
        step(1);
      else if (event.key.toLowerCase() === 'u') setOnlyUnlabelled(!onlyUnlabelled);
      else if (event.key === 'Escape') revealNode(node);
      else return;
      event.preventDefault();
      event.stopPropagation();
    };
    document.addEventListener('keydown', down, { capture: true });
    return () => document.removeEventListener('keydown', down, { capture: true });
  }, [node]);
}
