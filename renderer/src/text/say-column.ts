import { isImageType } from '../../../shared/media/image.ts';
import { typeFamily, type Column } from '../../../shared/wires.ts';
import { t } from './t.ts';

/** What a column holds, in a word: number, text, yes/no, time, image. */
export const sayType = (type: string): string =>
  t(isImageType(type) ? 'inspector.holds.image' : `inspector.holds.${typeFamily(type)}`);

/** Its role, where it has one of its own, else what it holds. */
export const sayColumnPart = ({ role, type }: Pick<Column, 'role' | 'type'>): string =>
  role === undefined || role === 'feature' ? sayType(type) : t(`inspector.roles.${role}`);
