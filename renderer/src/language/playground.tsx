import { Cloud, Gavel, Play, Plus, RotateCcw, Square, Trash2, Workflow } from 'lucide-react';
import { openAndRun } from '../examples/more-examples.tsx';
import { useApp } from '../state/window/app-info.ts';
import { showScreen } from '../state/window/view.ts';
import { t } from '../text/t.ts';
import { Button, IconButton } from '../theme/button.tsx';
import { MenuButton } from '../theme/menu.tsx';
import { EmptyState } from '../theme/surface.tsx';
import { TextField } from '../theme/text-field.tsx';
import { AnswerCell } from './answer-cell.tsx';
import { askPlaces } from './ask.ts';
import { judgePlaces } from './judge-answers.ts';
import styles from './language.module.css';
import { makeEndpointNode, makePromptNodes } from './make-nodes.ts';
import { ModelHead } from './model-head.tsx';
import { PlaygroundSettings } from './playground-settings.tsx';
import {
  answerSchema,
  keyOfTarget,
  braces,
  openPlaces,
  placesOf,
  promptName,
  playground,
  useCells,
  unjudgedPlaces,
  usePlayground,
  variablesOf,
  type Choice,
  type DraftPrompt,
} from './playground-store.ts';

/** Prompts × models over rows, side by side. */
export function Playground({ choices }: { choices: readonly Choice[] }) {
  const kept = usePlayground();
  const known = new Map(choices.map((choice) => [keyOfTarget(choice.target), choice]));
  const models = kept.models.filter((model) => known.has(model));
  const shown = { ...kept, models };
  if (choices.length === 0)
    return (
      <div className={styles.empty}>
        <EmptyState title={t('language.noModels')} hint={t('language.noModelsHint')}>
          <Button look="primary" icon={Plus} onPress={() => showScreen({ name: 'language', page: 'files' })}>
            {t('language.addOne')}
          </Button>
          <MakeSmallModel />
          <Button icon={Cloud} onPress={makeEndpointNode}>
            {t('language.useEndpoint')}
          </Button>
        </EmptyState>
      </div>
    );
  const columns = Math.max(1, kept.prompts.length * Math.max(1, models.length));
  return (
    <section className={styles.playground} aria-label={t('language.playground')} data-panel="main">
      <Tools choices={choices} shown={shown} />
      <div className={styles.gridRoom}>
        <div className={styles.grid} style={{ gridTemplateColumns: `240px repeat(${columns}, minmax(240px, 1fr))` }}>
          <PlaygroundSettings choices={choices} />
          {kept.prompts.map((prompt, index) => (
            <PromptEditor
              key={prompt.id}
              prompt={prompt}
              index={index}
              span={Math.max(1, models.length)}
              isOnly={kept.prompts.length === 1}
            />
          ))}
          <div className={styles.rowsHead}>
            <b>{t('language.rows', { count: kept.rows.length })}</b>
            <Button size="small" look="quiet" icon={Plus} onPress={playground.addRow}>
              {t('language.addRow')}
            </Button>
          </div>
          {kept.prompts.map((prompt, index) =>
            models.length === 0 ? (
              <div key={prompt.id} className={styles.modelHead}>
                <span className={styles.quiet}>{t('language.chooseModel')}</span>
              </div>
            ) : (
              models.map((model) => (
                <ModelHead
                  key={`${prompt.id} ${model}`}
                  prompt={prompt}
                  index={index}
                  model={model}
                  choice={known.get(model)}
                />
              ))
            ),
          )}
          {kept.rows.map((row, number) => (
            <RowCells key={row.id} id={row.id} number={number + 1} models={models} choices={choices} />
          ))}
        </div>
      </div>
    </section>
  );
}

/** The example that trains one from nothing: what it leaves is talked to here. */
function MakeSmallModel() {
  const example = useApp((s) => s.info?.examples.find(({ id }) => id === 'tiny-assistant'));
  return example === undefined ? null : (
    <Button icon={Play} iconSize={11} solidIcon onPress={() => void openAndRun(example.path)}>
      {t('language.makeSmall')}
    </Button>
  );
}

type Shown = Parameters<typeof openPlaces>[0];

function Tools({ choices, shown }: { choices: readonly Choice[]; shown: Shown }) {
  const { cells, stop } = useCells();
  const open = openPlaces(shown, cells);
  const all = placesOf(shown).length;
  const unjudged = unjudgedPlaces(shown, cells);
  const { prompts, models, rows } = shown;
  return (
    <div className={styles.tools}>
      <span className={styles.quiet}>
        {t('language.size', {
          prompts: t('language.prompts', { count: prompts.length }),
          models: t('language.models', { count: models.length }),
          rows: t('language.rows', { count: rows.length }),
        })}
      </span>
      <span className={styles.spacer} />
      <Button icon={Plus} onPress={playground.addPrompt}>
        {t('language.addPrompt')}
      </Button>
      <MenuButton
        label={t('language.chooseModel')}
        entries={choices.map((choice) => ({
          id: keyOfTarget(choice.target),
          title: choice.title,
          about: choice.about,
          disabled: models.includes(keyOfTarget(choice.target)),
          run: () => playground.addModel(keyOfTarget(choice.target)),
        }))}
      >
        <Button icon={Plus}>{t('language.addModel')}</Button>
      </MenuButton>
      {stop === null && unjudged.length > 0 && open.length === 0 && (
        <Button look="primary" icon={Gavel} onPress={() => void judgePlaces(unjudged, choices)}>
          {t('language.judgeAnswers', { count: unjudged.length })}
        </Button>
      )}
      {stop !== null ? (
        <Button look="danger" icon={Square} onPress={() => stop.abort()}>
          {t('language.stop')}
        </Button>
      ) : (
        <Button
          look={open.length === 0 ? 'plain' : 'primary'}
          icon={Play}
          isDisabled={open.length === 0 || answerSchema(shown.form).fault !== undefined}
          onPress={() => void askPlaces(open, choices)}
        >
          {open.length === 0 && all > 0 ? t('language.nothingToRun') : t('language.run', { count: open.length })}
        </Button>
      )}
    </div>
  );
}

function PromptEditor({
  prompt,
  index,
  span,
  isOnly,
}: {
  prompt: DraftPrompt;
  index: number;
  span: number;
  isOnly: boolean;
}) {
  const name = promptName(index);
  return (
    <div
      className={styles.prompt}
      style={{ gridColumn: `span ${span}` }}
      role="group"
      aria-label={t('language.promptName', { name })}
    >
      <header>
        <span className={styles.letter}>{name}</span>
        <b>{t('language.promptName', { name })}</b>
        <Button
          size="small"
          look="quiet"
          icon={Workflow}
          iconSize={12}
          onPress={() => makePromptNodes(prompt, usePlayground.getState())}
        >
          {t('language.makeNodes')}
        </Button>
        {!isOnly && (
          <IconButton
            icon={Trash2}
            size="small"
            label={t('language.removePrompt', { name })}
            onPress={() => playground.removePrompt(prompt.id)}
          />
        )}
      </header>
      <TextField
        label={t('language.system')}
        layout="stack"
        multiline
        value={prompt.system}
        placeholder={t('language.systemHint')}
        onChange={(system) => playground.setPrompt(prompt.id, { system })}
      />
      <TextField
        label={t('language.user')}
        layout="stack"
        multiline
        value={prompt.user}
        placeholder={t('language.userHint', braces)}
        onChange={(user) => playground.setPrompt(prompt.id, { user })}
      />
    </div>
  );
}

function RowCells({
  id,
  number,
  models,
  choices,
}: {
  id: string;
  number: number;
  models: readonly string[];
  choices: readonly Choice[];
}) {
  const kept = usePlayground();
  const row = kept.rows.find((one) => one.id === id);
  const stop = useCells((s) => s.stop);
  if (row === undefined) return null;
  return (
    <>
      <div className={styles.rowHead} role="group" aria-label={t('language.row', { number: String(number) })}>
        <header>
          <b>{t('language.row', { number: String(number) })}</b>
          <IconButton
            icon={RotateCcw}
            size="small"
            label={t('language.again')}
            isDisabled={stop !== null || models.length === 0}
            onPress={() => void askPlaces(placesOf({ ...kept, models, rows: [row] }), choices)}
          />
          {kept.rows.length > 1 && (
            <IconButton
              icon={Trash2}
              size="small"
              label={t('language.removeRow', { number: String(number) })}
              onPress={() => playground.removeRow(id)}
            />
          )}
        </header>
        {variablesOf(kept.prompts).map((name) => (
          <TextField
            key={name}
            label={name}
            layout="stack"
            multiline
            value={row.values[name] ?? ''}
            onChange={(value) => playground.setValue(id, name, value)}
          />
        ))}
      </div>
      {kept.prompts.map((prompt) =>
        models.length === 0 ? (
          <div key={prompt.id} className={styles.cell} />
        ) : (
          models.map((model) => <AnswerCell key={`${prompt.id} ${model}`} prompt={prompt} model={model} row={row} />)
        ),
      )}
    </>
  );
}
