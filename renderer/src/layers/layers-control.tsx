import { layersSetting, presetsFor, type TakesInput } from '../../../shared/neural/layer-presets.ts';
import type { ControlProps } from '../inspector/control.ts';
import { Select } from '../theme/choice.tsx';

const takesAll = ['table', 'image', 'series', 'tokens', 'again'] as const satisfies readonly TakesInput[];

/** The layers of a network: a preset, or a list of one's own. */
export function LayersControl({ field, value, onChange, label }: ControlProps) {
  const takes = takesAll.find((one) => one === field.meta['takes']) ?? 'table';
  const setting = layersSetting.safeParse(value);
  const preset = setting.success && 'preset' in setting.data ? setting.data.preset : null;
  return (
    <Select
      label={label}
      layout="bare"
      value={preset}
      onChange={(id) => onChange({ preset: id })}
      options={presetsFor(takes).map(({ id, title, about }) => ({ id, title, about }))}
    />
  );
}
