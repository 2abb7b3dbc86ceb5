import { columnTypeField } from '../column-types.ts';
import { field } from './fields.ts';

/** The types that a person sets over those that a reader finds; `more` is what this reader has to add. */
export const typesOfColumns = (more: string) =>
  field.map(columnTypeField, {
    title: 'Column types',
    help: `Types that you set yourself; the other columns get theirs from the rows looked at. ${more}`,
    keys: 'column',
    port: '',
  });
