import { Plus } from 'lucide-react';
import { useCallback, useEffect, useState } from 'react';
import { host } from '../rpc/host.ts';
import { useList } from '../state/window/use-list.ts';
import { t } from '../text/t.ts';
import { Button } from '../theme/button.tsx';
import { EmptyState } from '../theme/surface.tsx';
import { AddTarget } from './add-target.tsx';
import styles from './clusters.module.css';
import { JobsTable } from './jobs-table.tsx';
import type { Target } from './target.ts';
import { TargetCard } from './target-card.tsx';

const jobsShown = 50;

/** Targets with their load, and the runs that were sent to them. */
export function ClustersScreen() {
  const readTargets = useCallback(() => host()['targets.list']({}), []);
  const readJobs = useCallback(() => host()['targets.placements']({ limit: jobsShown }), []);
  const { list: targets, problem, again } = useList('targets', readTargets);
  const { list: jobs, again: jobsAgain } = useList('targets', readJobs);
  const isLive = jobs?.some((job) => job.phase !== 'ended') ?? false;
  // How long a job runs is told by the clock alone.
  useEffect(() => {
    if (!isLive) return undefined;
    const timer = setInterval(jobsAgain, 2000);
    return () => clearInterval(timer);
  }, [isLive, jobsAgain]);
  const [wizard, setWizard] = useState<{ target?: Target }>();
  const adding = wizard !== undefined;
  const add = (): void => setWizard({});
  const isEmpty = targets?.length === 0;
  return (
    <div className={styles.screen} data-adding={adding || undefined}>
      <div className={styles.main} data-panel="main">
        <header className={styles.head}>
          <h1>{t('clusters.title')}</h1>
          <Button look="primary" icon={Plus} isDisabled={adding} onPress={add}>
            {t('clusters.add')}
          </Button>
        </header>
        {problem && targets === undefined && <EmptyState title={problem.message} hint={problem.mend} />}
        {isEmpty ? (
          <EmptyState title={t('clusters.none')} hint={t('clusters.noneHint')}>
            {!adding && (
              <Button icon={Plus} onPress={add}>
                {t('clusters.addFirst')}
              </Button>
            )}
          </EmptyState>
        ) : (
          <div className={styles.targets}>
            {targets?.map((target) => (
              <TargetCard key={target.name} target={target} again={again} onChange={() => setWizard({ target })} />
            ))}
          </div>
        )}
        {!(isEmpty && jobs?.length === 0) && <JobsTable jobs={jobs} again={jobsAgain} />}
      </div>
      {wizard !== undefined && (
        <AddTarget
          key={wizard.target?.name ?? ''}
          target={wizard.target}
          taken={targets?.map((target) => target.name) ?? []}
          onChanged={again}
          onClose={() => setWizard(undefined)}
        />
      )}
    </div>
  );
}
