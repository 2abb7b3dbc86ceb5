import { targetKinds, type TargetKind } from '../../../shared/targets.ts';
import { t } from '../text/t.ts';
import { Select } from '../theme/choice.tsx';
import { TextField } from '../theme/text-field.tsx';
import styles from './clusters.module.css';
import type { Target } from './target.ts';

/** The fields of each kind: those of the target itself, and options. */
const addressFields: Readonly<Record<TargetKind, readonly Field[]>> = {
  local: ['root'],
  ssh: ['host', 'port', 'user', 'key', 'jump', 'root'],
  slurm: ['host', 'port', 'user', 'key', 'jump', 'root'],
  ray: ['url', 'root'],
  kubernetes: ['url', 'namespace', 'image', 'volume', 'root'],
};
const limitFields: Readonly<Record<TargetKind, readonly Field[]>> = {
  local: ['parallel'],
  ssh: ['parallel'],
  slurm: ['partition', 'account', 'cores', 'memory', 'gpus', 'time', 'parallel'],
  ray: ['cores', 'memory', 'gpus', 'parallel'],
  kubernetes: ['cores', 'memory', 'gpus', 'time', 'parallel'],
};
const own = ['host', 'port', 'user', 'key', 'url'] as const;
type Field =
  | (typeof own)[number]
  | 'jump'
  | 'root'
  | 'namespace'
  | 'image'
  | 'volume'
  | 'partition'
  | 'account'
  | 'cores'
  | 'memory'
  | 'gpus'
  | 'time'
  | 'parallel';
const helps: Partial<Record<Field, string>> = {
  host: t('clusters.hostHelp'),
  key: t('clusters.keyHelp'),
  jump: t('clusters.jumpHelp'),
  root: t('clusters.rootHelp'),
  volume: t('clusters.volumeHelp'),
  memory: t('clusters.memoryHelp'),
  parallel: t('clusters.parallelHelp'),
};
export type FieldValues = Partial<Record<Field, string>>;

interface TargetFieldsProps {
  step: 'address' | 'limits';
  kind: TargetKind;
  onKind: (kind: TargetKind) => void;
  name: string;
  onName: (name: string) => void;
  /** It is in the list already: its name stays. */
  isListed: boolean;
  values: FieldValues;
  onValues: (values: FieldValues) => void;
}

/** How a target is reached, or what its jobs ask for. */
export function TargetFields({ step, kind, onKind, name, onName, isListed, values, onValues }: TargetFieldsProps) {
  return (
    <>
      {step === 'address' && (
        <>
          <Select
            label={t('clusters.kind')}
            layout="stack"
            value={kind}
            options={targetKinds.map((id) => ({ id, title: t(`clusters.kinds.${id}`) }))}
            onChange={(id) => onKind(targetKinds.find((one) => one === id) ?? 'ssh')}
            help={t(`clusters.kindHints.${kind}`)}
          />
          <TextField
            label={t('clusters.name')}
            layout="stack"
            value={name}
            onChange={onName}
            help={t('clusters.nameHelp')}
            isReadOnly={isListed}
            autoFocus={!isListed}
          />
        </>
      )}
      {(step === 'address' ? addressFields : limitFields)[kind].map((field) => (
        <TextField
          key={field}
          label={t(`clusters.${field}`)}
          layout="stack"
          value={values[field] ?? ''}
          onChange={(value) => onValues({ ...values, [field]: value })}
          help={helps[field]}
          placeholder={placeholderOf(kind, field)}
        />
      ))}
      {step === 'address' && (kind === 'ssh' || kind === 'slurm') && (
        <p className={styles.note}>{t('clusters.keysStay')}</p>
      )}
    </>
  );
}

/** What stands in the fields of a target that is there already. */
export function valuesOf(target: Target): FieldValues {
  const held: Readonly<Record<string, unknown>> = { ...target.options, ...target };
  const fields = [...addressFields[target.kind], ...limitFields[target.kind]];
  return Object.fromEntries(
    fields.flatMap((field) => {
      const value = held[field];
      return typeof value === 'string' || typeof value === 'number' ? [[field, String(value)]] : [];
    }),
  );
}

export function toSettings(kind: TargetKind, name: string, values: FieldValues): Record<string, unknown> {
  const asked = [...addressFields[kind], ...limitFields[kind]].filter((field) => (values[field] ?? '').trim() !== '');
  const isOwn = (field: Field): boolean => own.some((one) => one === field);
  const value = (field: Field): string | number => {
    const text = (values[field] ?? '').trim();
    return field === 'port' ? Number(text) : text;
  };
  return {
    name: name.trim(),
    kind,
    ...Object.fromEntries(asked.filter(isOwn).map((field) => [field, value(field)])),
    options: Object.fromEntries(asked.filter((field) => !isOwn(field)).map((field) => [field, String(value(field))])),
  };
}

function placeholderOf(kind: TargetKind, field: Field): string | undefined {
  if (field === 'url') return kind === 'ray' ? t('clusters.urlRay') : t('clusters.urlKubernetes');
  if (field === 'port') return '22';
  if (field === 'root') return kind === 'kubernetes' ? '/flowyard' : '~/.flowyard';
  if (field === 'image') return 'debian:12-slim';
  if (field === 'namespace') return 'default';
  return undefined;
}
