import { History, Rocket, Trash2 } from 'lucide-react';
import { useCallback, useState } from 'react';
import { toProblem } from '../../../shared/errors.ts';
import { isImageType } from '../../../shared/media/image.ts';
import { titleOfMetric } from '../../../shared/metric-title.ts';
import { typeFamily } from '../../../shared/wires.ts';
import { TypeGlyph } from '../theme/type-glyph.tsx';
import { host } from '../rpc/host.ts';
import type { Answer } from '../rpc/host-client.ts';
import { isSaved, sayFigure } from '../state/runs/compare-runs.ts';
import { FirstSteps } from '../examples/first-steps.tsx';
import { toast, toastProblem } from '../state/window/toasts.ts';
import { useList } from '../state/window/use-list.ts';
import { showScreen, useView } from '../state/window/view.ts';
import { sayBytes, sayWhen } from '../text/say.ts';
import { t } from '../text/t.ts';
import { Button } from '../theme/button.tsx';
import { ConfirmButton } from '../theme/confirm-button.tsx';
import { Dialog } from '../theme/dialog.tsx';
import { Card, Facts, MasterScreen } from '../theme/master.tsx';
import styles from '../theme/master.module.css';
import { NumberField } from '../theme/number-field.tsx';
import { PortGlyph } from '../theme/port-shape.tsx';
import { EmptyState } from '../theme/surface.tsx';
import { TextField } from '../theme/text-field.tsx';

type Model = Answer<'models.list'>[number];

/** The models that pipelines left: what they predict, from which columns, how well. */
export function ModelsScreen() {
  const read = useCallback(() => host()['models.list']({}), []);
  const { list, problem } = useList('models', read);
  const [text, setText] = useState('');
  const chosen = useView((s) => (s.screen.name === 'models' ? s.screen : undefined));
  const sorted = [...(list ?? [])].sort((a, b) => b.created_ms - a.created_ms);
  const shown = sorted.filter((m) =>
    `${m.name} ${m.target} ${m.kind}`.toLowerCase().includes(text.trim().toLowerCase()),
  );
  const one =
    sorted.find((m) => m.name === chosen?.model && (chosen?.version === undefined || m.version === chosen.version)) ??
    sorted[0];
  return (
    <MasterScreen
      title={t('models.title')}
      count={list?.length}
      find={t('models.find')}
      text={text}
      onText={setText}
      list={shown.map((model) => (
        <button
          key={`${model.name} ${model.version}`}
          type="button"
          className={styles.item}
          aria-current={model === one}
          onClick={() => showScreen({ name: 'models', model: model.name, version: model.version })}
        >
          <PortGlyph wire="model" surface="var(--s1)" />
          <span className={styles.itemMain}>
            <b>{model.name}</b>
            <small>{`${t('models.version', { version: String(model.version) })} · ${t('models.target', { target: model.target })}`}</small>
          </span>
          <span className={styles.itemEnd}>{firstFigure(model)}</span>
        </button>
      ))}
    >
      {problem && list === undefined ? (
        <EmptyState title={problem.message} hint={problem.mend} />
      ) : one ? (
        <OneModel key={`${one.name} ${one.version}`} model={one} />
      ) : list === undefined ? (
        <EmptyState title={t('common.loading')} />
      ) : (
        <EmptyState title={t('models.none')} hint={t('models.noneHint')}>
          <FirstSteps />
        </EmptyState>
      )}
    </MasterScreen>
  );
}

const firstFigure = (model: Model): string => {
  const first = Object.values(model.metrics).find((v) => v !== null);
  return first === undefined ? '' : sayFigure(first);
};

// Over 80 lines: the markup of one model, in the order in which it is seen.
function OneModel({ model }: { model: Model }) {
  const [deploying, setDeploying] = useState(false);
  const remove = (): void =>
    void host()
      ['models.remove']({ name: model.name, version: model.version })
      .catch((thrown: unknown) => toastProblem(toProblem(thrown)));
  const target = model.input_schema.filter((c) => c.name !== model.target);
  return (
    <>
      <header className={styles.mainHead}>
        <div>
          <h2>{model.name}</h2>
          <p>{`${t('models.version', { version: String(model.version) })} · ${t('models.target', { target: model.target })}, ${model.task}`}</p>
        </div>
        <div className={styles.actions}>
          <Button icon={History} onPress={() => showScreen({ name: 'runs', run: model.run })}>
            {t('models.openRun')}
          </Button>
          <ConfirmButton
            look="danger"
            icon={Trash2}
            label={t('models.delete')}
            title={t('models.deleteTitle', { name: model.name, version: String(model.version) })}
            onConfirm={remove}
          >
            {t('models.deleteBody')}
          </ConfirmButton>
          <Button look="primary" icon={Rocket} onPress={() => setDeploying(true)}>
            {t('models.deploy')}
          </Button>
        </div>
      </header>
      <div className={styles.cards}>
        <Card title={t('models.metrics')}>
          <Facts
            facts={Object.entries(model.metrics).map(
              ([name, value]) => [titleOfMetric(name), sayFigure(value)] as const,
            )}
          />
        </Card>
        <Card title={t('models.facts')}>
          <Facts
            facts={[
              [t('models.kind'), model.kind],
              [t('models.pipeline'), isSaved(model.pipeline) ? model.pipeline : '–'],
              [t('models.made'), sayWhen(model.created_ms)],
              [t('models.size'), sayBytes(model.bytes)],
              [t('models.key'), model.key.slice(0, 12)],
              ...(model.classes.length > 0
                ? [[t('models.classes'), model.classes.map(String).join(', ')] as const]
                : []),
              ...plainFacts(model),
            ]}
          />
        </Card>
        <Card title={t('models.columns')} note={t('common.columns', { count: target.length })}>
          <Facts
            facts={target.map(
              (column) =>
                [
                  column.name,
                  <span
                    key={column.name}
                    style={{ display: 'inline-flex', gap: 6, alignItems: 'center', color: 'var(--t3)' }}
                  >
                    <TypeGlyph column={column} />
                    {isImageType(column.type) ? t('services.image') : t(`services.holds.${typeFamily(column.type)}`)}
                  </span>,
                ] as const,
            )}
          />
        </Card>
        <Card title={t('models.predict')} note={t('models.predictNote')}>
          <pre
            className={styles.code}
            tabIndex={0}
          >{`flowyard predict ${quote(model.name)} --input rows.csv${model.facts['begins_behind'] === undefined ? '' : ' --prepared'}`}</pre>
        </Card>
      </div>
      {deploying && <DeployDialog model={model} onClose={() => setDeploying(false)} />}
    </>
  );
}

/** What the trainer noted, without lists: those are in its report. */
const plainFacts = (model: Model): (readonly [string, string])[] =>
  Object.entries(model.facts).flatMap(([name, value]): (readonly [string, string])[] =>
    typeof value === 'number'
      ? [[titleOfMetric(name), sayFigure(value)]]
      : typeof value === 'string' || typeof value === 'boolean'
        ? [[titleOfMetric(name), value === true ? t('services.yes') : value === false ? t('services.no') : value]]
        : [],
  );

const quote = (name: string): string => (/^[\w.-]+$/.test(name) ? name : `"${name}"`);

function DeployDialog({ model, onClose }: { model: Model; onClose: () => void }) {
  const [name, setName] = useState(
    () =>
      model.name
        .toLowerCase()
        .replaceAll(/[^a-z0-9]+/g, '-')
        .replaceAll(/^-+|-+$/g, '') || 'service',
  );
  const [port, setPort] = useState(Number.NaN);
  const [busy, setBusy] = useState(false);
  /** What has the name already, and would be replaced. */
  const [taken, setTaken] = useState<{ name: string; message: string }>();
  const asksToReplace = taken?.name === name;
  const deploy = async (): Promise<void> => {
    setBusy(true);
    try {
      const service = await host()['services.deploy']({
        model: model.name,
        version: model.version,
        name,
        port: Number.isInteger(port) ? port : null,
        ...(asksToReplace ? { replace: true } : {}),
      });
      toast({
        tone: 'ok',
        title:
          service.url === null ? t('models.deployedSoon', { name }) : t('models.deployed', { name, url: service.url }),
      });
      onClose();
      showScreen({ name: 'services', service: service.name });
    } catch (thrown) {
      const problem = toProblem(thrown);
      if (problem.code === 'service.name-taken') setTaken({ name, message: problem.message });
      else toastProblem(problem);
    } finally {
      setBusy(false);
    }
  };
  return (
    <Dialog
      title={t('models.deployTitle', { name: model.name, version: String(model.version) })}
      isOpen
      onClose={onClose}
      footer={
        <>
          <Button onPress={onClose}>{t('common.cancel')}</Button>
          <Button
            look={asksToReplace ? 'danger' : 'primary'}
            icon={Rocket}
            isDisabled={busy || name.trim() === ''}
            onPress={() => void deploy()}
          >
            {asksToReplace ? t('services.replace') : t('models.deploy')}
          </Button>
        </>
      }
    >
      <div style={{ display: 'grid', gap: 12 }}>
        <TextField label={t('models.serviceName')} layout="stack" mono value={name} onChange={setName} autoFocus />
        <NumberField
          label={t('models.port')}
          layout="stack"
          help={t('models.portHint')}
          value={port}
          onChange={setPort}
          minValue={1}
          maxValue={65_535}
          step={1}
        />
        {asksToReplace && (
          <p className={styles.alarm} role="alert">
            <b>{taken.message}</b> {t('services.replaceBody')}
          </p>
        )}
      </div>
    </Dialog>
  );
}
