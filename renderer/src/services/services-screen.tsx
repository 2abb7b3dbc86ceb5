import { Box, Play, Rocket, Square, Trash2 } from 'lucide-react';
import { useCallback, useEffect, useState } from 'react';
import { toProblem } from '../../../shared/errors.ts';
import { host } from '../rpc/host.ts';
import { FirstSteps } from '../examples/first-steps.tsx';
import { toastProblem } from '../state/window/toasts.ts';
import { useList } from '../state/window/use-list.ts';
import { showScreen, useView } from '../state/window/view.ts';
import { sayCount, sayWhen } from '../text/say.ts';
import { t } from '../text/t.ts';
import { Button } from '../theme/button.tsx';
import { ConfirmButton } from '../theme/confirm-button.tsx';
import { Card, Facts, MasterScreen } from '../theme/master.tsx';
import styles from '../theme/master.module.css';
import { PortGlyph } from '../theme/port-shape.tsx';
import { Chip, EmptyState, type Tone } from '../theme/surface.tsx';
import { LanguageCard } from './language-card.tsx';
import { RequestsCard, useRequests } from './requests-card.tsx';
import { sayMs, type Service } from './service.ts';
import { TryIt } from './try-it.tsx';

const tones: Readonly<Record<Service['status'], Tone>> = {
  stopped: 'plain',
  starting: 'accent',
  running: 'ok',
  failed: 'bad',
};

/** What answers on this computer: its state, its requests, and a form to try it. */
export function ServicesScreen() {
  const read = useCallback(() => host()['services.list']({}), []);
  const { list, problem, again } = useList('services', read);
  const [text, setText] = useState('');
  const chosen = useView((s) => (s.screen.name === 'services' ? s.screen.service : undefined));
  const shown = list?.filter((s) => `${s.name} ${s.model}`.toLowerCase().includes(text.trim().toLowerCase()));
  const one = list?.find((s) => s.name === chosen) ?? list?.[0];
  return (
    <MasterScreen
      title={t('services.title')}
      count={list?.length}
      find={t('services.find')}
      text={text}
      onText={setText}
      list={shown?.map((service) => (
        <button
          key={service.name}
          type="button"
          className={styles.item}
          aria-current={service.name === one?.name}
          onClick={() => showScreen({ name: 'services', service: service.name })}
        >
          <PortGlyph wire="service" surface="var(--s1)" />
          <span className={styles.itemMain}>
            <b>{service.name}</b>
            <small>{sayModel(service)}</small>
          </span>
          <span className={styles.itemEnd}>
            <Chip tone={tones[service.status]}>{t(`services.status.${service.status}`)}</Chip>
          </span>
        </button>
      ))}
    >
      {problem && list === undefined ? (
        <EmptyState title={problem.message} hint={problem.mend} />
      ) : one ? (
        <OneService key={one.name} service={one} again={again} />
      ) : list === undefined ? (
        <EmptyState title={t('common.loading')} />
      ) : (
        <NoService />
      )}
    </MasterScreen>
  );
}

/** A model that is there can be served; where there is none, one has to be trained first. */
function NoService() {
  const read = useCallback(() => host()['models.list']({}), []);
  const { list: models } = useList('models', read);
  const count = models?.length ?? 0;
  return (
    <EmptyState
      title={t('services.none')}
      hint={count > 0 ? t('services.noneHint') : models === undefined ? undefined : t('services.noModelHint')}
    >
      {count > 0 ? (
        <Button look="primary" icon={Box} onPress={() => showScreen({ name: 'models' })}>
          {t('services.chooseModel', { count })}
        </Button>
      ) : (
        models !== undefined && <FirstSteps />
      )}
    </EmptyState>
  );
}

/** A language model has no numbered versions. */
const sayModel = ({ model, model_version: version }: Pick<Service, 'model' | 'model_version'>): string =>
  version === 0 ? model : `${model}, ${t('models.version', { version: String(version) })}`;

function OneService({ service, again }: { service: Service; again: () => void }) {
  const ask = (work: Promise<unknown>): void =>
    void work.then(again).catch((thrown: unknown) => toastProblem(toProblem(thrown)));
  const [asked, setAsked] = useState(0);
  const requests = useRequests(service.name, asked);
  const latest = requests?.[0]?.id;
  useEffect(() => {
    if (latest !== undefined) again();
    // The counts are read again whenever a request came.
    // eslint-disable-next-line react-hooks/exhaustive-deps
  }, [latest]);
  const isUp = service.status === 'running' || service.status === 'starting';
  return (
    <>
      <header className={styles.mainHead}>
        <div>
          <h2>{service.name}</h2>
          <p>{sayModel(service)}</p>
        </div>
        <Chip tone={tones[service.status]}>{t(`services.status.${service.status}`)}</Chip>
        <ServiceButtons service={service} isUp={isUp} ask={ask} />
      </header>
      {service.problem && (
        <p className={styles.alarm} role="note">
          <b>{service.problem.message}</b> {service.problem.mend}
        </p>
      )}
      {service.offered && (
        <p className={styles.alarm} role="note">
          {t('services.offered', { model: sayModel(service.offered) })}{' '}
          <ConfirmButton
            look="danger"
            icon={Rocket}
            label={t('services.replace')}
            title={t('services.replaceTitle', { name: service.name, model: sayModel(service.offered) })}
            onConfirm={() => ask(host()['services.replace']({ name: service.name }))}
          >
            {t('services.now', { model: sayModel(service) })} {t('services.replaceBody')}
          </ConfirmButton>
        </p>
      )}
      <div className={styles.sides}>
        <div>
          <Card title={t('services.state')}>
            <Facts
              facts={[
                [t('services.url'), service.url ?? '–'],
                ...(service.started_ms !== null && isUp
                  ? [[t('services.since'), sayWhen(service.started_ms)] as const]
                  : []),
                [t('services.requests'), sayCount(service.requests)],
                [t('services.errors'), sayCount(service.errors)],
                [t('services.p50'), sayMs(service.p50_ms)],
                [t('services.p95'), sayMs(service.p95_ms)],
              ]}
            />
          </Card>
          <RequestsCard rows={requests} />
        </div>
        <div>
          {service.settings['kind'] === 'language' ? (
            <LanguageCard service={service} />
          ) : (
            <TryIt
              service={service}
              requests={requests}
              onSent={() => {
                setAsked(asked + 1);
                again();
              }}
            />
          )}
        </div>
      </div>
    </>
  );
}

interface ServiceButtonsProps {
  service: Service;
  isUp: boolean;
  ask: (work: Promise<unknown>) => void;
}

function ServiceButtons({ service, isUp, ask }: ServiceButtonsProps) {
  return (
    <div className={styles.actions}>
      {isUp ? (
        <Button icon={Square} onPress={() => ask(host()['services.stop']({ name: service.name }))}>
          {t('services.stop')}
        </Button>
      ) : (
        <>
          <ConfirmButton
            look="danger"
            icon={Trash2}
            label={t('services.delete')}
            title={t('services.deleteTitle', { name: service.name })}
            onConfirm={() => ask(host()['services.remove']({ name: service.name }))}
          >
            {t('services.deleteBody', { count: service.requests, number: sayCount(service.requests) })}
          </ConfirmButton>
          <Button look="primary" icon={Play} onPress={() => ask(host()['services.start']({ name: service.name }))}>
            {t('services.start')}
          </Button>
        </>
      )}
    </div>
  );
}
