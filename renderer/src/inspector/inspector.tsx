import { ChevronsRight, Copy, Ellipsis, Pencil, PowerOff, Tags, Trash2 } from 'lucide-react';
import { useState } from 'react';
import { specs } from '../../../nodes/specs.ts';
import { actionOf, runAction, shortcutOf } from '../actions/registry.ts';
import { useCheck, useNodeProblems } from '../state/runs/check.ts';
import { changeTitle, titleOf } from '../state/documents/commands.ts';
import { useIsConnected } from '../state/window/app-info.ts';
import { useActive, usePipeline } from '../state/documents/documents.ts';
import { useIsCurrent, useNodeRun } from '../state/runs/followed-run.ts';
import { showScreen, useSelection } from '../state/window/view.ts';
import { t } from '../text/t.ts';
import { Button, IconButton } from '../theme/button.tsx';
import { categoryColor } from '../theme/category.ts';
import { kindIcon } from '../theme/kind-icon.ts';
import { MenuButton, type MenuEntry } from '../theme/menu.tsx';
import { Tabs } from '../theme/tabs.tsx';
import { Tile } from '../theme/tile.tsx';
import { ColumnsTab } from './columns-tab.tsx';
import { Fixes } from '../controls/field-row.tsx';
import styles from './inspector.module.css';
import { NotesTab } from './notes-tab.tsx';
import { PipelineInspector } from './pipeline-inspector.tsx';
import { SettingsForm } from './settings-form.tsx';

/** What the selection is made of: one node's settings, several nodes together, or the pipeline itself. */
export function Inspector() {
  const chosen = useSelection((s) => s.nodes);
  const node = chosen.length === 1 ? chosen[0] : undefined;
  if (node !== undefined) return <NodeInspector key={node} id={node} />;
  return chosen.length > 1 ? <ManyInspector count={chosen.length} /> : <PipelineInspector />;
}

// Over 80 lines: the markup of one panel, section by section.
function NodeInspector({ id }: { id: string }) {
  const node = usePipeline((file) => file.nodes[id]);
  const title = usePipeline((file) => titleOf(file, id)) ?? id;
  const spec = specs.get(node?.kind ?? '');
  const trusted = useActive((d) => d?.trusted ?? false);
  const isConnected = useIsConnected();
  const [tab, setTab] = useState('settings');
  if (node === undefined) return <PipelineInspector />;
  return (
    <div className={styles.panel}>
      <header className={styles.head}>
        <Tile icon={kindIcon(spec)} color={spec ? categoryColor(spec.category) : 'var(--gov)'} size="big" />
        <div>
          <TitleField id={id} title={title} />
          <small>{node.kind}</small>
        </div>
        <MenuButton
          label={t('common.more')}
          entries={menuEntries(['edit.rename', 'edit.disable', 'edit.duplicate', 'add.connect', 'edit.delete'])}
        >
          <IconButton icon={Ellipsis} label={t('common.more')} />
        </MenuButton>
      </header>
      {spec && <p className={styles.about}>{spec.about}</p>}
      <Tabs
        label={t('app.inspector')}
        selected={tab}
        onSelect={setTab}
        tabs={[
          {
            id: 'settings',
            title: t('inspector.tabs.settings'),
            content: (
              <div className={styles.body} data-panel="settings">
                <NodeProblems id={id} />
                {spec?.view === 'labels' && (
                  <div className={styles.view}>
                    <Button icon={Tags} onPress={() => showScreen({ name: 'labels', node: id })}>
                      {t('labels.open')}
                    </Button>
                  </div>
                )}
                <StaleNotice id={id} />
                {node.disabled && <p className={styles.notice}>{t('inspector.switchedOff')}</p>}
                {spec ? (
                  <SettingsForm id={id} node={node} spec={spec} />
                ) : (
                  <p className={styles.notice}>{t('inspector.unknownKind')}</p>
                )}
              </div>
            ),
          },
          {
            id: 'columns',
            title: t('inspector.tabs.columns'),
            content: (
              <div className={styles.body}>
                <ColumnsTab node={id} />
              </div>
            ),
          },
          {
            id: 'notes',
            title: t('inspector.tabs.notes'),
            content: (
              <div className={styles.body}>
                <NotesTab node={id} />
              </div>
            ),
          },
        ]}
      />
      <footer className={styles.footer}>
        <Button icon={PowerOff} onPress={() => runAction('edit.disable')}>
          {node.disabled ? t('inspector.switchOn') : t('inspector.switchOff')}
        </Button>
        <Button
          look="primary"
          icon={ChevronsRight}
          isDisabled={!trusted || !isConnected}
          onPress={() => runAction('run.to-here')}
        >
          {t('inspector.runHere')}
        </Button>
      </footer>
    </div>
  );
}

/** The title as a field: it looks like a title until it is pointed at. */
function TitleField({ id, title }: { id: string; title: string }) {
  const [typed, setTyped] = useState<string | null>(null);
  const keep = (): void => {
    if (typed !== null && typed.trim() !== title) changeTitle(id, typed);
    setTyped(null);
  };
  return (
    <input
      className={styles.title}
      aria-label={t('inspector.rename')}
      value={typed ?? title}
      onChange={(event) => setTyped(event.target.value)}
      onBlur={keep}
      onKeyDown={(event) => {
        if (event.key === 'Enter') event.currentTarget.blur();
        if (event.key === 'Escape') setTyped(null);
      }}
    />
  );
}

/** What is wrong with the node as a whole, and why its run failed, of which a card has two lines; what is wrong with a parameter stands beside it. */
function NodeProblems({ id }: { id: string }) {
  const found = useNodeProblems(id).filter((p) => p.param === undefined);
  const run = useNodeRun(id);
  const isCurrent = useIsCurrent(id);
  const failure = isCurrent && run?.state === 'failed' ? run.problem : undefined;
  const isReported = failure === undefined || found.some(({ message }) => message === failure.message);
  const problems = isReported ? found : [failure, ...found];
  return problems.map((problem) => (
    <div key={problem.code + problem.message} className={styles.problem} data-severity={problem.severity} role="note">
      <b>{problem.message}</b>
      {problem.mend && <span>{problem.mend}</span>}
      <Fixes problem={problem} />
    </div>
  ));
}

/** Why its result is of an earlier state, in full: a card has two lines for it. */
function StaleNotice({ id }: { id: string }) {
  const reason = useCheck((r) => {
    const freshness = r?.nodes[id]?.freshness;
    return freshness?.state === 'stale' ? freshness.reason : undefined;
  });
  return reason === undefined ? null : <p className={styles.notice}>{t('inspector.stale', { reason })}</p>;
}

function ManyInspector({ count }: { count: number }) {
  return (
    <div className={styles.panel}>
      <header className={styles.head}>
        <div>
          <b>{t('inspector.many', { count })}</b>
        </div>
      </header>
      <div className={styles.section} style={{ display: 'flex', flexWrap: 'wrap', gap: 8 }}>
        <Button icon={PowerOff} onPress={() => runAction('edit.disable')}>
          {t('actions.disable')}
        </Button>
        <Button icon={Copy} onPress={() => runAction('edit.duplicate')}>
          {t('actions.duplicate')}
        </Button>
        <Button icon={Pencil} onPress={() => runAction('edit.tidy')}>
          {t('actions.tidy')}
        </Button>
        <Button look="danger" icon={Trash2} onPress={() => runAction('edit.delete')}>
          {t('actions.delete')}
        </Button>
      </div>
    </div>
  );
}

const menuEntries = (ids: readonly string[]): MenuEntry[] =>
  ids.flatMap((id): MenuEntry[] => {
    const action = actionOf(id);
    return action
      ? [
          {
            id,
            title: action.title(),
            shortcut: shortcutOf(id),
            danger: id === 'edit.delete',
            run: () => setTimeout(() => runAction(id)),
            ...(action.icon ? { icon: action.icon } : {}),
          },
        ]
      : [];
  });
