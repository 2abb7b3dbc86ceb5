import {
  ChartColumn,
  ChartLine,
  Diff,
  FileChartColumn,
  Logs,
  PanelBottomClose,
  Pin,
  Sheet,
  SquareCode,
  TableProperties,
  TriangleAlert,
  ChartNoAxesColumn,
  type LucideIcon,
} from 'lucide-react';
import { useState, type CSSProperties } from 'react';
import { Tab, TabList, TabPanel, Tabs } from 'react-aria-components';
import { specs } from '../../../nodes/specs.ts';
import { runAction, shortcutOf } from '../actions/registry.ts';
import { titleOf } from '../state/documents/commands.ts';
import { usePipeline } from '../state/documents/documents.ts';
import { choosePreview, usePreviewTarget, type PreviewTarget } from '../state/window/preview-target.ts';
import { useProblems } from '../state/runs/problems.ts';
import { useRun } from '../state/runs/followed-run.ts';
import { useSelectedNode, useView, type DrawerTab } from '../state/window/view.ts';
import { t } from '../text/t.ts';
import { IconButton, IconToggle } from '../theme/button.tsx';
import { categoryColor } from '../theme/category.ts';
import { Icon } from '../theme/icon.tsx';
import { tabOf } from './drawer-tab.ts';
import styles from './drawer.module.css';
import { drawerSlots } from './slots.tsx';
import { isOfOneOutput } from '../state/window/use-panel-room.ts';

const icons: Readonly<Record<DrawerTab, LucideIcon>> = {
  preview: Sheet,
  profile: ChartNoAxesColumn,
  charts: ChartColumn,
  changes: Diff,
  schema: TableProperties,
  report: FileChartColumn,
  training: ChartLine,
  log: Logs,
  code: SquareCode,
  problems: TriangleAlert,
};

/** The results below the canvas: what the selected node or wire gives, seen in several ways. */
export function Drawer() {
  const chosen = useView((s) => s.drawerTab);
  const selected = useSelectedNode();
  const [trainingFor, setTrainingFor] = useState<string | undefined>(selected);
  const target = usePreviewTarget();
  const problems = useProblems().length;
  const log = useRun((run) => Object.values(run?.state.nodes ?? {}).reduce((sum, n) => sum + n.log.length, 0));
  const counts: Partial<Record<DrawerTab, number>> = { problems, log };
  const learnsItself = useLearnsItself(selected);
  const wanted = tabOf({ chosen, wire: target?.wire, selected, learns: learnsItself, trainingFor });
  const learns = useLearns();
  const slots = drawerSlots.filter(({ id }) => id !== 'training' || learns);
  const shown = slots.some((slot) => slot.id === wanted) ? wanted : (slots[0]?.id ?? 'preview');
  return (
    <Tabs
      style={{ height: '100%' }}
      selectedKey={shown}
      onSelectionChange={(key) => {
        const id = slots.find((slot) => slot.id === key)?.id;
        if (id === undefined) return;
        setTrainingFor(id === 'training' ? selected : undefined);
        useView.setState({ drawerTab: id });
      }}
    >
      <div className={styles.drawerHead}>
        <TabList aria-label={t('app.drawer')} style={{ display: 'flex' }}>
          {slots.map(({ id }) => (
            <Tab key={id} id={id} className={styles.drawerTab ?? ''}>
              <Icon of={icons[id]} size={14} />
              {t(`app.drawerTabs.${id}`)}
              {(counts[id] ?? 0) > 0 && <em>{counts[id]}</em>}
            </Tab>
          ))}
        </TabList>
        {target && shown === 'code' && <Source target={target} />}
        <span className={styles.spacer} />
        {target && <PinTarget target={target} />}
        <IconButton
          size="small"
          icon={PanelBottomClose}
          iconSize={14}
          label={t('actions.toggleDrawer')}
          shortcut={shortcutOf('view.drawer')}
          onPress={() => runAction('view.drawer')}
        />
      </div>
      {slots.map(({ id, Panel }) => (
        <TabPanel key={id} id={id} className={styles.drawerBody ?? ''}>
          {target === null && isOfOneOutput(id) ? (
            <p className={styles.nothing}>{t('app.drawerNothing')}</p>
          ) : (
            <Panel />
          )}
        </TabPanel>
      ))}
    </Tabs>
  );
}

/** Whether something in the pipeline learns by steps: only then is there a training to look at. */
function useLearns(): boolean {
  const hasTrainer = usePipeline((file) =>
    Object.values(file.nodes).some((node) => specs.get(node.kind)?.category === 'train'),
  );
  const hasCurve = useRun((run) =>
    Object.values(run?.state.nodes ?? {}).some((node) => node.curve.length > 0 || node.steerable === true),
  );
  return hasTrainer === true || hasCurve;
}

/** A trainer, or what has shown that it learns by steps. */
function useLearnsItself(node: string | undefined): boolean {
  const kind = usePipeline((file) => (node === undefined ? undefined : file.nodes[node]?.kind));
  const hasCurve = useRun((run) => {
    const state = node === undefined ? undefined : run?.state.nodes[node];
    return state !== undefined && (state.curve.length > 0 || state.steerable === true);
  });
  return hasCurve || specs.get(kind ?? '')?.category === 'train';
}

/** Whose output it is: "Fill gaps → table". */
function Source({ target }: { target: PreviewTarget }) {
  const title = usePipeline((file) => titleOf(file, target.node));
  const kind = usePipeline((file) => file.nodes[target.node]?.kind);
  const spec = specs.get(kind ?? '');
  const style: CSSProperties & { '--cat': string } = { '--cat': spec ? categoryColor(spec.category) : 'var(--gov)' };
  return (
    <span className={styles.source} style={style}>
      <i />
      {title}
      <span>→ {spec?.outputs[target.port]?.title.toLowerCase() ?? target.port}</span>
    </span>
  );
}

/** Holds the drawer on this output while other nodes are selected. */
function PinTarget({ target }: { target: PreviewTarget }) {
  const pinned = useView((s) => s.pinned[target.draft] !== undefined);
  return (
    <IconToggle
      size="small"
      icon={Pin}
      iconSize={14}
      label={t('app.pin')}
      isSelected={pinned}
      onChange={(on) => {
        useView.setState((s) => ({
          pinned: { ...s.pinned, [target.draft]: on ? { node: target.node, port: target.port } : undefined },
        }));
        if (!on) choosePreview(target.draft, undefined);
      }}
    />
  );
}
