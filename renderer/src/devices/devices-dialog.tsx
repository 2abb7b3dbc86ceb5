import { Check, Minus, RotateCcw } from 'lucide-react';
import type { DevicesReport } from '../../../shared/neural/devices.ts';
import { closeOverlay } from '../state/window/overlay.ts';
import { sayBytes } from '../text/say.ts';
import { t } from '../text/t.ts';
import { Button } from '../theme/button.tsx';
import { Dialog } from '../theme/dialog.tsx';
import { Icon } from '../theme/icon.tsx';
import styles from './devices.module.css';
import { lookForDevices, useDevices } from './use-devices.ts';

/** Adapters, ways to compute and memory of this machine; what is used, and why not the rest. */
export default function DevicesDialog() {
  const { report, problem, isAsking } = useDevices();
  return (
    <Dialog
      title={t('devices.title')}
      isOpen
      wide
      onClose={closeOverlay}
      footer={
        <>
          <Button icon={RotateCcw} isDisabled={isAsking} onPress={() => void lookForDevices(true)}>
            {isAsking ? t('devices.looking') : t('devices.again')}
          </Button>
          <Button look="primary" onPress={closeOverlay}>
            {t('common.close')}
          </Button>
        </>
      }
    >
      {problem !== null && <p className={styles.problem}>{`${problem.message} ${problem.mend ?? ''}`}</p>}
      {report === null ? problem === null && <p role="status">{t('devices.looking')}</p> : <Machine report={report} />}
    </Dialog>
  );
}

function Machine({ report }: { report: DevicesReport }) {
  const { processor, adapters, providers, backends, used } = report;
  return (
    <div className={styles.machine}>
      <section className={styles.used}>
        <h3>{t('devices.used')}</h3>
        <b>{used.name}</b>
        <p>{used.reason}</p>
      </section>
      <section>
        <h3>{t('devices.processor')}</h3>
        <p>
          <b>{processor.name}</b> {t('devices.threads', { count: processor.threads })},{' '}
          {t('devices.memory', { free: sayBytes(processor.freeBytes), total: sayBytes(processor.memoryBytes) })}
        </p>
      </section>
      <section>
        <h3>{t('devices.adapters')}</h3>
        {adapters.length === 0 && <p>{t('devices.noAdapter')}</p>}
        {adapters.map((adapter) => (
          <p key={adapter.name}>
            <b>{adapter.name}</b>{' '}
            {[
              t(`devices.kinds.${adapter.kind}`),
              adapter.memoryBytes === null ? '' : sayBytes(adapter.memoryBytes),
              adapter.driver ?? '',
            ]
              .filter((part) => part !== '')
              .join(', ')}
          </p>
        ))}
      </section>
      <section>
        <h3>{t('devices.providers')}</h3>
        <table>
          <tbody>
            {providers.map(({ name, works, says }) => (
              <tr key={name} data-works={works || undefined}>
                <th scope="row">{t(`devices.names.${name}`)}</th>
                <td>
                  <span>
                    <Icon of={works ? Check : Minus} size={12} stroke={1.8} />
                    {t(works ? 'devices.works' : 'devices.worksNot')}
                  </span>
                </td>
                <td>{says}</td>
              </tr>
            ))}
          </tbody>
        </table>
      </section>
      <section>
        <h3>{t('devices.backends')}</h3>
        {backends.map(({ name, version, says }) => (
          <p key={name}>
            <b>{version === null ? name : `${name} ${version}`}</b> {says}
          </p>
        ))}
      </section>
      <p className={styles.hint}>{t('devices.hint')}</p>
    </div>
  );
}
