/** The column that names the rows of a table: a model that learns from it learns rows by heart. */
import { typeFamily } from '../../../shared/wires.ts';
import type { Profile } from '../text/profile-words.ts';

/** The word alone, or as the last of several: `customer_id`, `PassengerId`, `Rechnungsnr`. */
const idNames =
  /(^|[\s_.-])(id|ids|uuid|guid|key|no|nr|index|row|identifier|kennung)$|[a-zà-ÿ](Id|ID|Nr|No|Key|nummer|number)$|(nr|nummer)$/;
const wholeOrUuid: ReadonlySet<string> = new Set([
  'SMALLINT',
  'INTEGER',
  'BIGINT',
  'HUGEINT',
  'UINTEGER',
  'UBIGINT',
  'UUID',
]);
/** Fewer are too few to tell. */
const fewestRows = 20;
/** Beyond some rows values are counted by an estimate, which is within a few per cent. */
const nearlyAll = 0.97;

/** Undefined where no column is called so and has a value of its own in each row. */
export function likelyId(profile: Profile | null, target: string): string | undefined {
  return profile?.columns.find(
    ({ name, type, count, nulls, distinct }) =>
      name !== target &&
      (idNames.test(name) || idNames.test(name.toLowerCase())) &&
      (typeFamily(type) === 'text' || wholeOrUuid.has(type)) &&
      nulls === 0 &&
      count >= fewestRows &&
      (distinct ?? 0) >= count * nearlyAll,
  )?.name;
}
