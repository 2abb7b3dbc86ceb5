import { useCallback } from 'react';
import type { Place } from '../../../shared/pipeline/file.ts';
import { host } from '../rpc/host.ts';
import { changePlace } from '../state/documents/commands.ts';
import { usePipeline } from '../state/documents/documents.ts';
import { useList } from '../state/window/use-list.ts';
import { t } from '../text/t.ts';
import { Select } from '../theme/choice.tsx';
import { NumberField } from '../theme/number-field.tsx';

const nowhere = ':here';
const asked = ['cores', 'memoryMb', 'gpus', 'minutes', 'partitions'] as const;
const titles: Readonly<Record<(typeof asked)[number], string>> = {
  cores: t('clusters.cores'),
  memoryMb: t('clusters.memoryMb'),
  gpus: t('clusters.gpus'),
  minutes: t('clusters.time'),
  partitions: t('clusters.partitions'),
};

/** Where one node runs, and what its job asks for. Not there while the workspace knows no target and the node names none. */
export function PlaceSection({ node }: { node: string }) {
  const read = useCallback(() => host()['targets.list']({}), []);
  const { list } = useList('targets', read);
  const place = usePipeline((file) => file.nodes[node]?.place);
  const known = list?.map((target) => target.name) ?? [];
  if (known.length === 0 && place === undefined) return null;
  const isUnknown = place !== undefined && list !== undefined && !known.includes(place.target);
  const options = [
    { id: nowhere, title: t('clusters.asTheRun') },
    ...known.map((id) => ({ id, title: id })),
    ...(isUnknown ? [{ id: place.target, title: t('clusters.unknownTarget', { name: place.target }) }] : []),
  ];
  const ask = (name: (typeof asked)[number], value: number): void => {
    if (place === undefined) return;
    const { [name]: _, ...rest } = place;
    const next: Place = Number.isNaN(value) ? rest : { ...rest, [name]: value };
    changePlace(node, next);
  };
  return (
    <>
      <Select
        label={t('clusters.runOn')}
        layout="stack"
        value={place?.target ?? nowhere}
        options={options}
        help={t('clusters.placeHelp')}
        onChange={(id) => changePlace(node, id === nowhere ? undefined : { ...place, target: id })}
      />
      {place !== undefined &&
        asked.map((name) => (
          <NumberField
            key={name}
            label={titles[name]}
            value={place[name] ?? Number.NaN}
            minValue={name === 'gpus' ? 0 : 1}
            step={1}
            {...(name === 'minutes' ? { unit: t('clusters.minutes') } : {})}
            {...(name === 'partitions' ? { maxValue: 10_000, help: t('clusters.partitionsHelp') } : {})}
            onChange={(value) => ask(name, value)}
          />
        ))}
    </>
  );
}
