import { Printer } from 'lucide-react';
import { sayKey } from '../actions/keys.ts';
import { actions } from '../actions/registry.ts';
import { closeOverlay } from '../state/overlay.ts';
import { t } from '../text/t.ts';
import { Button } from '../theme/button.tsx';
import { Dialog } from '../theme/dialog.tsx';
import { Kbd } from '../theme/kbd.tsx';
import styles from './search.module.css';

/** All keys, from the one table that the window obeys. */
export default function KeySheet() {
  const groups = Map.groupBy(
    actions().filter((action) => (action.keys?.length ?? 0) > 0),
    (action) => action.group,
  );
  return (
    <Dialog
      title={t('app.help.title')}
      isOpen
      wide
      onClose={closeOverlay}
      footer={
        <>
          <Button icon={Printer} onPress={() => window.print()}>
            {t('app.help.print')}
          </Button>
          <Button look="primary" onPress={closeOverlay}>
            {t('common.close')}
          </Button>
        </>
      }
    >
      <p style={{ marginBottom: 12 }}>{t('app.help.hint')}</p>
      <div className={styles.sheet}>
        {[...groups].map(([group, list]) => (
          <section key={group}>
            <h3>{t(`actions.groups.${group}`)}</h3>
            <dl>
              {list.map((action) => (
                <div key={action.id}>
                  <dt>{plainTitle(action.id, action.title())}</dt>
                  <dd>
                    {action.keys?.map((key) => (
                      <Kbd key={key}>{sayKey(key)}</Kbd>
                    ))}
                  </dd>
                </div>
              ))}
            </dl>
          </section>
        ))}
      </div>
    </Dialog>
  );
}

/** Undo and redo name their step elsewhere; a sheet of keys does not. */
const plainTitle = (id: string, title: string): string =>
  id === 'edit.undo' ? t('actions.undo') : id === 'edit.redo' ? t('actions.redo') : title;
