import { Check, CircleAlert, TriangleAlert, X } from 'lucide-react';
import { useEffect, useRef, type KeyboardEvent } from 'react';
import type { Finding } from '../../../shared/targets.ts';
import { t } from '../text/t.ts';
import { Button } from '../theme/button.tsx';
import { Icon } from '../theme/icon.tsx';
import { ProgressRing } from '../theme/surface.tsx';
import styles from './clusters.module.css';
import { TargetFields } from './target-fields.tsx';
import type { Target } from './target.ts';
import { steps, useRemoteWizard, type RemoteWizard } from './use-remote-wizard.ts';

/** Adds a target in three steps, or changes one: how it is reached, what its jobs ask for, and a look at it. */
export function AddTarget({
  target,
  taken,
  onChanged,
  onClose,
}: {
  /** The one to change; none: a new one. */
  target: Target | undefined;
  taken: readonly string[];
  onChanged: () => void;
  onClose: () => void;
}) {
  const wizard = useRemoteWizard({ target, taken, onChanged });
  const { step, name, listed, error, findings, canGo, go } = wizard;
  const body = useRef<HTMLDivElement>(null);
  // The button that was pressed may be gone with its step: the keys go on in the next one.
  useEffect(() => {
    if (step !== 'address' || listed !== undefined) body.current?.focus();
  }, [step, listed]);
  const title = target === undefined ? t('clusters.add') : t('clusters.changeTitle', { name: target.name });
  const onKeyDown = (event: KeyboardEvent): void => {
    if (event.defaultPrevented) return;
    if (event.key === 'Escape') onClose();
    else if (event.key === 'Enter' && event.target instanceof HTMLInputElement && canGo) void go();
    else return;
    event.preventDefault();
  };
  return (
    <aside className={styles.wizard} aria-label={title} data-panel="wizard" onKeyDown={onKeyDown}>
      <div className={styles.wizardHead}>
        <h2>{title}</h2>
        <Button look="quiet" size="small" icon={X} aria-label={t('clusters.close')} onPress={onClose} />
      </div>
      <ol className={styles.steps}>
        {steps.map((one, i) => (
          <li
            key={one}
            data-reached={steps.indexOf(step) >= i || undefined}
            {...(one === step ? { 'aria-current': 'step' as const } : {})}
          >
            {t(`clusters.steps.${one}`)}
          </li>
        ))}
      </ol>
      <div className={styles.wizardBody} ref={body} tabIndex={-1}>
        {step !== 'check' && (
          <TargetFields
            step={step}
            kind={wizard.kind}
            onKind={wizard.setKind}
            name={name}
            onName={wizard.setName}
            isListed={listed !== undefined}
            values={wizard.values}
            onValues={wizard.setValues}
          />
        )}
        {step === 'check' && <Found findings={findings} name={name} />}
        {error !== undefined && findings?.some(({ state }) => state === 'bad') !== true && (
          <p className={styles.note} role="alert">
            <b>{error.message}</b> {error.mend}
          </p>
        )}
      </div>
      <div className={styles.wizardFoot}>
        <WizardButtons wizard={wizard} onClose={onClose} />
      </div>
    </aside>
  );
}

function WizardButtons({ wizard, onClose }: { wizard: RemoteWizard; onClose: () => void }) {
  const { step, findings, canGo, go } = wizard;
  return (
    <>
      {step !== 'address' && <Button onPress={wizard.back}>{t('clusters.back')}</Button>}
      {step === 'check' ? (
        <>
          <Button isDisabled={findings === undefined} onPress={() => void go()}>
            {t('clusters.checkAgain')}
          </Button>
          <Button look="primary" isDisabled={findings === undefined} onPress={onClose}>
            {t('clusters.done')}
          </Button>
        </>
      ) : (
        <Button look="primary" isDisabled={!canGo} onPress={() => void go()}>
          {t(step === 'address' ? 'clusters.next' : 'clusters.check')}
        </Button>
      )}
    </>
  );
}

const glyphs = { good: Check, doubtful: TriangleAlert, bad: CircleAlert } as const;

function Found({ findings, name }: { findings: readonly Finding[] | undefined; name: string }) {
  if (findings === undefined)
    return (
      <p className={styles.note} role="status">
        <ProgressRing fraction={null} /> {t('clusters.checking', { name })}
      </p>
    );
  return (
    <ul className={styles.found}>
      {findings.map((found) => (
        <li key={`${found.what} ${found.text}`} data-state={found.state}>
          <Icon of={glyphs[found.state]} size={14} />
          <div>
            {found.text}
            {found.detail !== undefined && <small>{found.detail}</small>}
          </div>
        </li>
      ))}
    </ul>
  );
}
