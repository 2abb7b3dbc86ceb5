import { Check, CircleAlert, CircleDashed, Clock, RefreshCw } from 'lucide-react';
import { useEffect, useState } from 'react';
import { toProblem } from '../../../shared/errors.ts';
import { host } from '../rpc/host.ts';
import type { Answer } from '../rpc/host-client.ts';
import { toast, toastProblem } from '../state/window/toasts.ts';
import { sayBytes, sayCount, sayWhen } from '../text/say.ts';
import { t } from '../text/t.ts';
import { Button } from '../theme/button.tsx';
import { ConfirmButton } from '../theme/confirm-button.tsx';
import { Icon } from '../theme/icon.tsx';
import styles from './clusters.module.css';
import { kindIcons, stateOf, whereIs, type Target } from './target.ts';

const marks = { ready: Check, busy: Clock, bad: CircleAlert, untested: CircleDashed } as const;
const loadEveryMs = 15_000;

/** One target: what was found there, its queue now, and what can be done with it. */
export function TargetCard({ target, again, onChange }: { target: Target; again: () => void; onChange: () => void }) {
  const load = useLoad(target);
  const [busy, setBusy] = useState(false);
  const state = stateOf(target, load?.waiting ?? 0);
  const bad = target.findings.find((f) => f.state === 'bad');
  const work = (asked: Promise<unknown>): void => {
    setBusy(true);
    void asked
      .catch((thrown: unknown) => toastProblem(toProblem(thrown)))
      .finally(() => {
        setBusy(false);
        again();
      });
  };
  const { name } = target;
  return (
    <section className={styles.target} aria-label={name}>
      <div className={styles.targetHead}>
        <span className={styles.tile}>
          <Icon of={kindIcons[target.kind]} size={16} />
        </span>
        <div>
          <h2 title={name}>{name}</h2>
          <small title={whereIs(target)}>
            {[t(`clusters.kinds.${target.kind}`), whereIs(target)].filter((part) => part !== '').join(' · ')}
          </small>
        </div>
        <span className={styles.mark} data-state={state}>
          <Icon of={marks[state]} size={12} />
          {t(`clusters.states.${state}`)}
        </span>
      </div>
      <Facts target={target} load={load} />
      <p className={styles.why}>
        {bad === undefined
          ? target.tested_ms === null
            ? t('clusters.notTested')
            : t('clusters.tested', { when: sayWhen(target.tested_ms) })
          : `${bad.text} ${bad.detail ?? ''}`}
      </p>
      <div className={styles.foot}>
        <Button size="small" icon={RefreshCw} isDisabled={busy} onPress={() => work(host()['targets.test']({ name }))}>
          {t('clusters.check')}
        </Button>
        <Button size="small" look="quiet" isDisabled={busy} onPress={onChange}>
          {t('clusters.change')}
        </Button>
        <Button
          size="small"
          look="quiet"
          isDisabled={busy}
          onPress={() =>
            work(
              host()
                ['targets.clean']({ name })
                .then(({ runs, freed_bytes }) =>
                  toast({ tone: 'ok', title: t('clusters.cleaned', { count: runs, bytes: sayBytes(freed_bytes) }) }),
                ),
            )
          }
        >
          {t('clusters.clean')}
        </Button>
        <ConfirmButton
          size="small"
          look="quiet"
          isDisabled={busy}
          label={t('clusters.remove')}
          title={t('clusters.removeTitle', { name })}
          onConfirm={() => work(host()['targets.remove']({ name }))}
        >
          {t('clusters.removeBody')}
        </ConfirmButton>
      </div>
    </section>
  );
}

type Load = Answer<'targets.load'>;

function Facts({ target: { facts }, load }: { target: Target; load: Load | undefined }) {
  const rows: [string, string][] = [
    ...(facts?.scheduler ? [[t('clusters.schedulerFact'), facts.scheduler] satisfies [string, string]] : []),
    [t('clusters.coresFact'), facts === null || facts.cores === null ? '–' : sayCount(facts.cores)],
    [t('clusters.memoryFact'), facts === null || facts.memory_mb === null ? '–' : sayBytes(facts.memory_mb * 2 ** 20)],
    [t('clusters.gpusFact'), facts === null ? '–' : facts.gpus.length === 0 ? '0' : facts.gpus.join(', ')],
    [
      t('clusters.diskFact'),
      facts === null || facts.disk_free_mb === null ? '–' : sayBytes(facts.disk_free_mb * 2 ** 20),
    ],
    [
      t('clusters.load'),
      load === undefined
        ? '–'
        : load.running + load.waiting === 0 && load.words !== ''
          ? load.words
          : t('clusters.loadWords', { running: String(load.running), waiting: String(load.waiting) }),
    ],
  ];
  return (
    <dl className={styles.facts}>
      {rows.map(([name, value]) => (
        <div key={name}>
          <dt>{name}</dt>
          <dd title={value}>{value}</dd>
        </div>
      ))}
    </dl>
  );
}

/** Asked while the card is looked at, of targets that were reached before. */
function useLoad({ name, tested_ms, findings }: Target): Load | undefined {
  const [load, setLoad] = useState<Load>();
  const isReached = tested_ms !== null && findings.every((f) => f.state !== 'bad');
  useEffect(() => {
    if (!isReached) return undefined;
    let gone = false;
    const ask = (): void =>
      void host()
        ['targets.load']({ name })
        .then((found) => {
          if (!gone) setLoad(found);
        })
        .catch(() => undefined);
    ask();
    const timer = setInterval(ask, loadEveryMs);
    return () => {
      gone = true;
      clearInterval(timer);
    };
  }, [name, isReached]);
  return load;
}
