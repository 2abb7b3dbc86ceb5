import { Trash2, Workflow } from 'lucide-react';
import type { RunParameter } from '../../../shared/pipeline/file.ts';
import { changeAbout, changePipelineTitle, changeRunParameter } from '../state/documents/commands.ts';
import { useCheck } from '../state/runs/check.ts';
import { useActive } from '../state/documents/documents.ts';
import { documentTitle } from '../state/files/files.ts';
import { useKept } from '../state/window/view.ts';
import { t } from '../text/t.ts';
import { IconButton } from '../theme/button.tsx';
import { Select, Switch } from '../theme/choice.tsx';
import { NumberField } from '../theme/number-field.tsx';
import { TextField } from '../theme/text-field.tsx';
import { Tile } from '../theme/tile.tsx';
import { asText } from '../controls/control.ts';
import row from '../controls/field-row.module.css';
import styles from './inspector.module.css';

/** With nothing selected: the pipeline's own words and its run parameters. */
export function PipelineInspector() {
  const document = useActive((d) => d);
  if (document === undefined) return null;
  const { file } = document;
  const parameters = Object.entries(file.parameters).sort(([a], [b]) => (a < b ? -1 : 1));
  return (
    <div className={styles.panel}>
      <header className={styles.head}>
        <Tile icon={Workflow} color="var(--t2)" size="big" />
        <div>
          <b>{t('inspector.pipeline')}</b>
          <small>{documentTitle(document)}</small>
        </div>
      </header>
      <div className={styles.body}>
        <div className={styles.section} style={{ display: 'grid', gap: 10 }}>
          <TextField
            label={t('inspector.pipelineTitle')}
            layout="stack"
            value={file.title}
            onChange={changePipelineTitle}
          />
          <TextField
            label={t('inspector.pipelineAbout')}
            layout="stack"
            multiline
            value={file.description ?? ''}
            onChange={changeAbout}
          />
        </div>
        <div className={styles.section}>
          <h3 className={styles.sectionHead} style={{ marginLeft: 0 }}>
            {t('inspector.parameters')}
          </h3>
          <p style={{ color: 'var(--t3)', marginBottom: 6 }}>
            {parameters.length === 0 ? t('inspector.noParameters') : t('inspector.parametersHint')}
          </p>
          {parameters.map(([name, parameter]) => (
            <ParameterRow key={name} name={name} parameter={parameter} />
          ))}
        </div>
        <PartsField place={document.path ?? document.draft} />
        <p className={styles.notice}>{t('inspector.nothing')}</p>
      </div>
    </div>
  );
}

/** In how many parts a run computes rows that lie in several files; not there where none do. */
function PartsField({ place }: { place: string }) {
  const hasParts = useCheck((result) => (result?.plan.parts.length ?? 0) > 0);
  const parts = useKept((s) => s.runParts[place]);
  if (!hasParts && parts === undefined) return null;
  return (
    <div className={styles.section}>
      <NumberField
        label={t('clusters.partitions')}
        value={parts ?? Number.NaN}
        minValue={1}
        maxValue={10_000}
        step={1}
        help={t('clusters.partitionsHelp')}
        onChange={(value) =>
          useKept.setState(({ runParts: { [place]: _, ...others } }) => ({
            runParts: Number.isNaN(value) ? others : { ...others, [place]: value },
          }))
        }
      />
    </div>
  );
}

function ParameterRow({ name, parameter }: { name: string; parameter: RunParameter }) {
  const set = (value: RunParameter['default']): void => changeRunParameter(name, { ...parameter, default: value });
  const value = parameter.default;
  return (
    <div className={row.field} style={{ gridTemplateColumns: '104px minmax(0, 1fr) 24px', gap: 4 }}>
      <span className={row.label} title={parameter.help}>
        {name}
      </span>
      {parameter.type === 'boolean' ? (
        <Switch aria-label={name} isSelected={value === true} onChange={set} />
      ) : parameter.type === 'choice' ? (
        <Select
          label={name}
          layout="bare"
          value={asText(value)}
          onChange={set}
          options={(parameter.choices ?? []).map((id) => ({ id, title: id }))}
        />
      ) : (
        <TextField
          label={name}
          layout="bare"
          value={asText(value)}
          onChange={(text) => set(readValue(parameter, text))}
        />
      )}
      <IconButton
        size="small"
        icon={Trash2}
        iconSize={13}
        label={`${t('inspector.removeRow')} ${name}`}
        onPress={() => changeRunParameter(name, undefined)}
      />
    </div>
  );
}

/** What was typed, as the parameter's type has it; a text that is no number stays a text, and the check says so. */
function readValue(parameter: RunParameter, text: string): RunParameter['default'] {
  const number = Number(text);
  return (parameter.type === 'number' || parameter.type === 'integer') && text.trim() !== '' && Number.isFinite(number)
    ? number
    : text;
}
