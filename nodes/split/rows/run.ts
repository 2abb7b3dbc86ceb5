import { relational } from '../../../shared/capabilities.ts';
import { tableOf } from '../../../shared/input.ts';
import { examineSplit } from './examine-split.ts';
import { splitSql } from './split-sql.ts';
import { spec } from './spec.ts';

export default relational(spec, {
  sql: ({ inputs, params }) => splitSql(tableOf(inputs, 'rows'), params),
  examine: ({ node, output, params, query }) => examineSplit(node, output, params, query),
});
