import {
  AppWindow,
  Check,
  CircleDashed,
  CirclePause,
  Clock,
  FileDown,
  FolderOpen,
  History,
  Play,
  Plus,
  Unplug,
  Workflow,
  X,
  type LucideIcon,
} from 'lucide-react';
import { useEffect, useState, type ReactNode } from 'react';
import { Button as AriaButton } from 'react-aria-components';
import { titleOfMetric } from '../../../shared/metric-title.ts';
import type { PipelineFile } from '../../../shared/pipeline/file.ts';
import { runAction, shortcutOf } from '../actions/registry.ts';
import { host } from '../rpc/host.ts';
import type { Answer } from '../rpc/host-client.ts';
import { useApp, useChanged } from '../state/window/app-info.ts';
import { useDocuments } from '../state/documents/documents.ts';
import { lastTabs, openTabs } from '../state/files/last-tabs.ts';
import { discardDraft, openPath, restoreDraft, type FoundDraft } from '../state/files/files.ts';
import { headline } from '../state/runs/compare-runs.ts';
import { sayWhen } from '../text/say.ts';
import { t } from '../text/t.ts';
import { Button } from '../theme/button.tsx';
import { Icon } from '../theme/icon.tsx';
import { Kbd } from '../theme/kbd.tsx';
import { cardClass, Chip } from '../theme/surface.tsx';
import { Tile } from '../theme/tile.tsx';
import { GraphDrawing } from './graph-drawing.tsx';
import { MoreExamples, openAndRun } from '../examples/more-examples.tsx';
import styles from './start.module.css';

type Example = NonNullable<ReturnType<typeof useApp.getState>['info']>['examples'][number];

/** Shown large, with what they teach: the first of `examples.json`. */
const featured = 3;

/** The first screen: pipelines that work, one's own data, an empty canvas, and what was open before. */
export function StartScreen() {
  const info = useApp((s) => s.info);
  const drafts = useDrafts();
  return (
    <div className={styles.page} data-panel="main">
      <div className={styles.wrap}>
        <header className={styles.hero}>
          <h1>{t('start.title')}</h1>
          <p>{t('start.about')}</p>
        </header>
        <Drafts drafts={drafts} />
        <section className={styles.examples} aria-label={t('start.title')}>
          {info?.examples.slice(0, featured).map((example, i) => (
            <ExampleCard key={example.id} example={example} first={i === 0} />
          ))}
        </section>
        <section className={styles.acts} aria-label={t('start.begin')}>
          <Act
            action="file.open-csv"
            icon={<Tile icon={FileDown} color="var(--acc)" size="big" />}
            title={t('start.csv')}
            hint={t('start.csvHint')}
            drop
          />
          <Act
            action="file.new"
            icon={<Tile icon={Plus} color="var(--t2)" size="big" />}
            title={t('start.blank')}
            hint={t('start.blankHint')}
          />
          <Act
            action="file.open"
            icon={<Tile icon={FolderOpen} color="var(--t2)" size="big" />}
            title={t('start.pipeline')}
            hint={t('start.pipelineHint')}
          />
        </section>
        <Recent drafts={drafts} />
        <MoreExamples examples={info?.examples.slice(featured) ?? []} />
      </div>
    </div>
  );
}

function Act({
  action,
  icon,
  title,
  hint,
  drop,
}: {
  action: string;
  icon: ReactNode;
  title: string;
  hint: string;
  drop?: boolean;
}) {
  const key = shortcutOf(action);
  return (
    <AriaButton className={`${styles.act} ${drop ? styles.drop : ''}`} onPress={() => runAction(action)}>
      {icon}
      <span>
        <b>{title}</b>
        <small>{hint}</small>
      </span>
      {key && <Kbd>{key}</Kbd>}
    </AriaButton>
  );
}

function ExampleCard({ example, first }: { example: Example; first: boolean }) {
  const [file, setFile] = useState<PipelineFile>();
  useEffect(() => {
    let gone = false;
    host()
      ['pipelines.open']({ path: example.path })
      .then((opened) => {
        if (!gone) setFile(opened.file);
      })
      .catch(() => undefined);
    return () => {
      gone = true;
    };
  }, [example.path]);
  return (
    <article className={`${cardClass} ${styles.example}`} data-testid={`example-${example.id}`}>
      <div className={styles.picture}>{file && <GraphDrawing file={file} title={example.title} />}</div>
      <div className={styles.about}>
        <h2>
          {example.title}
          <Chip>{example.tag}</Chip>
        </h2>
        <p>{example.about}</p>
        {example.learn.length > 0 && <h3>{t('start.learn')}</h3>}
        <ul>
          {example.learn.map((line) => (
            <li key={line}>
              <Icon of={Check} size={12} stroke={1.7} />
              {line}
            </li>
          ))}
        </ul>
        <footer>
          <Button
            look={first ? 'primary' : 'plain'}
            icon={Play}
            iconSize={11}
            solidIcon
            onPress={() => void openAndRun(example.path)}
          >
            {t('start.openAndRun')}
          </Button>
          <span>{t('common.nodes', { count: example.nodes })}</span>
        </footer>
      </div>
    </article>
  );
}

function Recent({ drafts }: { drafts: readonly FoundDraft[] }) {
  const changed = useChanged('pipelines') + useChanged('runs');
  const [recent, setRecent] = useState<Answer<'pipelines.recent'>>();
  useEffect(() => {
    let gone = false;
    host()
      ['pipelines.recent']({})
      .then((found) => {
        if (!gone) setRecent(found);
      })
      .catch(() => undefined);
    return () => {
      gone = true;
    };
  }, [changed]);
  return (
    <section className={styles.section}>
      <div className={styles.recentHead}>
        <h2>{t('start.recent')}</h2>
        <OpenAgain recent={recent?.map(({ path }) => path) ?? []} drafts={drafts} />
      </div>
      <div className={`${cardClass} ${styles.rows}`}>
        {recent?.length === 0 && <p className={styles.none}>{t('start.noRecent')}</p>}
        {recent?.slice(0, 8).map((entry) => (
          <AriaButton key={entry.path} className={styles.row ?? ''} onPress={() => void openPath(entry.path)}>
            <span className={styles.name}>
              <Icon of={Workflow} size={14} />
              <b>{entry.path}</b>
            </span>
            <LastRun run={entry.lastRun} />
            <Metric run={entry.lastRun} />
            <span className={styles.when}>{sayWhen(entry.opened_ms)}</span>
          </AriaButton>
        ))}
      </div>
    </section>
  );
}

/** All that was open when Flowyard was closed, by one press; of those that are still there and open nowhere. */
function OpenAgain({ recent, drafts }: { recent: readonly string[]; drafts: readonly FoundDraft[] }) {
  const documents = useDocuments((s) => s.documents);
  const last = lastTabs();
  const open = new Set([
    ...Object.values(documents).map(({ path }) => path),
    ...drafts.flatMap(({ path, windows }) => (windows > 0 ? [path] : [])),
  ]);
  const paths = last?.paths.filter((path) => recent.includes(path) && !open.has(path)) ?? [];
  // One is as near in the list below.
  if (last === null || paths.length < 2) return null;
  return (
    <Button size="small" icon={History} iconSize={12} onPress={() => void openTabs(paths, last.active)}>
      {t('start.openAgain', { count: paths.length })}
    </Button>
  );
}

type Run = Answer<'pipelines.recent'>[number]['lastRun'];
const lastRunSigns: Readonly<Record<string, LucideIcon>> = {
  done: Check,
  failed: X,
  cancelled: CirclePause,
  interrupted: Unplug,
};

function LastRun({ run }: { run: Run }) {
  if (run === null)
    return (
      <span className={styles.state}>
        <Icon of={CircleDashed} size={12} stroke={1.7} />
        {t('start.neverRun')}
      </span>
    );
  return (
    <span className={styles.state} data-status={run.status}>
      <Icon of={lastRunSigns[run.status] ?? Clock} size={12} stroke={1.7} />
      {t(`states.${run.status}`)}
    </span>
  );
}

function Metric({ run }: { run: Run }) {
  const figure = run === null ? undefined : headline(run);
  return (
    <span className={styles.metric}>
      {figure && (
        <>
          {titleOfMetric(figure.name)} <b>{figure.value.toPrecision(3)}</b>
        </>
      )}
    </span>
  );
}

/** What other windows have open, and what a window that is gone left unsaved. */
function useDrafts(): readonly FoundDraft[] {
  const changed = useChanged('pipelines');
  const [drafts, setDrafts] = useState<readonly FoundDraft[]>([]);
  useEffect(() => {
    let gone = false;
    host()
      ['pipelines.drafts']({})
      .then((found) => {
        if (!gone) setDrafts(found);
      })
      .catch(() => undefined);
    return () => {
      gone = true;
    };
  }, [changed]);
  return drafts;
}

function Drafts({ drafts }: { drafts: readonly FoundDraft[] }) {
  const open = useDocuments((s) => s.documents);
  const paths = new Set(Object.values(open).map(({ path }) => path));
  const others = drafts.filter(({ draft, path }) => open[draft] === undefined && (path === null || !paths.has(path)));
  if (others.length === 0) return null;
  return (
    <section className={styles.drafts} aria-label={t('start.drafts')}>
      <div className={`${cardClass} ${styles.rows}`}>
        {others.map((found) => (
          <div key={found.draft} className={styles.draftRow} data-testid={`draft-${found.draft}`}>
            <span className={styles.name}>
              <Icon of={Workflow} size={14} />
              <b>{found.path ?? (found.title || t('common.untitled'))}</b>
            </span>
            <span className={styles.state}>
              {found.windows > 0 && <Icon of={AppWindow} size={12} stroke={1.7} />}
              {t(found.windows > 0 ? 'start.openElsewhere' : 'start.leftUnsaved')}
            </span>
            <span className={styles.when}>{sayWhen(found.time_ms)}</span>
            <Button size="small" onPress={() => restoreDraft(found)}>
              {t(found.windows > 0 ? 'start.openHere' : 'start.restore')}
            </Button>
            {found.windows === 0 && (
              <Button size="small" look="quiet" onPress={() => void discardDraft(found)}>
                {t('start.discard')}
              </Button>
            )}
          </div>
        ))}
      </div>
    </section>
  );
}
