import { unreachable } from '../../../shared/errors.ts';
import { LayersControl } from './layers/layers-control.tsx';
import { Segmented, Select, Switch } from '../theme/choice.tsx';
import { TextField } from '../theme/text-field.tsx';
import { CodeControl } from './code-control.tsx';
import { ColumnControl, ColumnListControl, ColumnsControl } from './column-controls.tsx';
import { asText, type ControlProps } from './control.ts';
import { FileControl } from './file-control.tsx';
import { isSegmented } from './form-field.ts';
import { MapControl, RulesControl, TextsControl } from './list-controls.tsx';
import { NumberControl } from './number-control.tsx';

/** The control for a field's widget: a closed set. */
export function FieldControl(props: ControlProps) {
  const { field, value, onChange, label } = props;
  const { widget } = field.meta;
  switch (widget) {
    case 'text':
    case 'secret':
      return (
        <TextField
          label={label}
          layout="bare"
          value={asText(value)}
          placeholder={field.meta.placeholder}
          onChange={onChange}
        />
      );
    case 'multiline':
      return (
        <TextField
          label={label}
          layout="bare"
          multiline
          value={asText(value)}
          placeholder={field.meta.placeholder}
          onChange={onChange}
        />
      );
    case 'number':
    case 'integer':
      return <NumberControl {...props} />;
    case 'switch':
      return <Switch aria-label={label} isSelected={value === true} onChange={onChange} />;
    case 'choice':
      return isSegmented(field) ? (
        <Segmented
          label={label}
          value={asText(value)}
          onChange={onChange}
          options={field.choices.map((c) => ({ id: c.value, title: c.title }))}
        />
      ) : (
        <Select
          label={label}
          layout="bare"
          value={asText(value)}
          onChange={onChange}
          options={field.choices.map((c) => ({ id: c.value, title: c.title }))}
        />
      );
    case 'column':
      return <ColumnControl {...props} />;
    case 'columns':
      return field.isOrdered ? <ColumnListControl {...props} /> : <ColumnsControl {...props} />;
    case 'expression':
    case 'sql':
      return <CodeControl {...props} />;
    case 'file':
      return <FileControl {...props} />;
    case 'rules':
      return <RulesControl {...props} Nested={FieldControl} />;
    case 'map':
      return <MapControl {...props} Nested={FieldControl} />;
    case 'texts':
      return <TextsControl {...props} />;
    case 'layers':
      return <LayersControl {...props} Nested={FieldControl} />;
    default:
      return unreachable(widget);
  }
}
