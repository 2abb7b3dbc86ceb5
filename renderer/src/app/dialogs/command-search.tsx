import { Box, Columns3, Plus, Search, Workflow, type LucideIcon } from 'lucide-react';
import { useEffect, useId, useMemo, useRef, useState } from 'react';
import { Dialog, Modal, ModalOverlay } from 'react-aria-components';
import { closeOverlay } from '../../state/window/overlay.ts';
import { t } from '../../text/t.ts';
import { Icon } from '../../theme/icon.tsx';
import { Kbd } from '../../theme/kbd.tsx';
import { makeEverythingFinder, type Found } from './find-everything.ts';
import styles from './search.module.css';

const icons: Readonly<Record<Found['kind'], LucideIcon>> = {
  action: Search,
  node: Box,
  add: Plus,
  column: Columns3,
  pipeline: Workflow,
};

/** One field for everything: commands, nodes of this pipeline, columns, kinds to add, open pipelines. */
// Over 80 lines: one field and its list, which keys and pointer move together.
export function CommandSearch() {
  const [text, setText] = useState('');
  const [active, setActive] = useState(0);
  const list = useRef<HTMLUListElement>(null);
  const id = useId();
  const [find] = useState(makeEverythingFinder);
  const { found, missing } = useMemo(() => find(text), [find, text]);
  const index = Math.min(active, found.length - 1);
  useEffect(() => {
    list.current?.children[index]?.scrollIntoView({ block: 'nearest' });
  }, [index]);
  const pick = (item: Found | undefined): void => {
    if (item === undefined) return;
    closeOverlay();
    // After the focus has gone back to where it was.
    setTimeout(item.run);
  };
  return (
    <ModalOverlay
      className={styles.overlay ?? ''}
      isOpen
      isDismissable
      onOpenChange={(open) => !open && closeOverlay()}
    >
      <Modal className={styles.panel ?? ''}>
        <Dialog aria-label={t('app.searchOrRun')} style={{ outline: 'none' }}>
          <div className={styles.head}>
            <Icon of={Search} size={16} />
            <input
              // The search is all that this dialog is: the focus belongs in it.
              autoFocus
              role="combobox"
              aria-label={t('app.searchOrRun')}
              aria-expanded
              aria-controls={`${id}-list`}
              aria-activedescendant={index >= 0 ? `${id}-${index}` : undefined}
              placeholder={t('app.searchHint')}
              value={text}
              onChange={(event) => {
                setText(event.target.value);
                setActive(0);
              }}
              onKeyDown={(event) => {
                const step = { ArrowDown: 1, ArrowUp: -1, PageDown: 8, PageUp: -8 }[event.key];
                if (step !== undefined) {
                  event.preventDefault();
                  setActive(Math.max(0, Math.min(found.length - 1, index + step)));
                } else if (event.key === 'Enter') {
                  event.preventDefault();
                  pick(found[index]);
                }
              }}
            />
          </div>
          {missing !== undefined && (
            <p className={styles.missing} role="status">
              {missing}
            </p>
          )}
          {found.length === 0 ? (
            missing === undefined && <NothingFound query={text} onShowAll={() => setText('')} />
          ) : (
            <ul ref={list} id={`${id}-list`} className={styles.list} role="listbox" aria-label={t('app.searchOrRun')}>
              {found.map((item, i) => (
                <li
                  key={item.id}
                  id={`${id}-${i}`}
                  role="option"
                  aria-selected={i === index}
                  className={styles.item}
                  onPointerMove={() => setActive(i)}
                  onClick={() => pick(item)}
                >
                  <Item item={item} />
                </li>
              ))}
            </ul>
          )}
        </Dialog>
      </Modal>
    </ModalOverlay>
  );
}

function NothingFound({ query, onShowAll }: { query: string; onShowAll: () => void }) {
  return (
    <div className={styles.empty} role="status">
      <p>{t('app.searchEmpty', { query })}</p>
      <button type="button" onClick={onShowAll}>
        {t('app.searchShowAll')}
      </button>
    </div>
  );
}

function Item({ item }: { item: Found }) {
  return (
    <>
      <Icon of={item.icon ?? icons[item.kind]} size={15} />
      <span>{item.title}</span>
      <small>{item.about}</small>
      {item.shortcut && <Kbd>{item.shortcut}</Kbd>}
    </>
  );
}
