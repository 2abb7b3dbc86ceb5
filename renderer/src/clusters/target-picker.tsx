import { ChevronDown, Laptop } from 'lucide-react';
import { useCallback, useEffect } from 'react';
import { Button, ListBox, ListBoxItem, Popover, Select, SelectValue } from 'react-aria-components';
import { thisMachine } from '../../../shared/targets.ts';
import { host } from '../rpc/host.ts';
import { useList } from '../state/window/use-list.ts';
import { showScreen, useKept } from '../state/window/view.ts';
import { t } from '../text/t.ts';
import { Icon } from '../theme/icon.tsx';
import menu from '../theme/menu.module.css';
import styles from './target-picker.module.css';
import { kindIcons } from './target.ts';

const manage = ':manage';

/** Where runs go, beside the Run button; not there until there is a choice. */
export function TargetPicker({ disabled }: { disabled: boolean }) {
  const read = useCallback(() => host()['targets.list']({}), []);
  const { list } = useList('targets', read);
  const wanted = useKept((s) => s.runTarget);
  const isGone = wanted !== null && list !== undefined && !list.some((target) => target.name === wanted);
  // A target that was removed is no longer where runs go.
  useEffect(() => {
    if (isGone) useKept.setState({ runTarget: null });
  }, [isGone]);
  if (list === undefined || list.length === 0) return null;
  const chosen = list.find((target) => target.name === wanted);
  const options = [
    { id: thisMachine, title: t('clusters.here'), icon: Laptop },
    ...list.map((target) => ({ id: target.name, title: target.name, icon: kindIcons[target.kind] })),
    { id: manage, title: t('clusters.manage'), icon: undefined },
  ];
  return (
    <Select
      aria-label={t('clusters.runOn')}
      value={chosen?.name ?? thisMachine}
      isDisabled={disabled}
      onChange={(key) => {
        if (key === manage) showScreen({ name: 'clusters' });
        else useKept.setState({ runTarget: key === thisMachine ? null : String(key) });
      }}
    >
      <Button className={styles.button ?? ''}>
        <Icon of={chosen === undefined ? Laptop : kindIcons[chosen.kind]} size={13} />
        <SelectValue className={styles.value ?? ''}>{chosen?.name ?? t('clusters.here')}</SelectValue>
        <Icon of={ChevronDown} size={11} />
      </Button>
      <Popover className={menu.popover ?? ''} offset={4}>
        <ListBox className={menu.list ?? ''} items={options}>
          {(option) => (
            <ListBoxItem className={menu.item ?? ''} textValue={option.title} id={option.id}>
              {option.icon && <Icon of={option.icon} size={14} />}
              <span className={menu.title}>{option.title}</span>
            </ListBoxItem>
          )}
        </ListBox>
      </Popover>
    </Select>
  );
}
