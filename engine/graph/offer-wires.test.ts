import { expect, test } from 'vitest';
import { spec as filter } from '../../nodes/clean/filter/spec.ts';
import { spec as join } from '../../nodes/combine/join/spec.ts';
import { spec as csv } from '../../nodes/read/csv/spec.ts';
import { validate } from '../../shared/pipeline/parse.ts';
import type { AnySpec } from '../../shared/spec/define-spec.ts';
import { offerWires } from './offer-wires.ts';

const specs = new Map<string, AnySpec>([csv, filter, join].map((spec) => [spec.kind, spec]));

const offers = (wires: string[], more: Record<string, { kind: string }> = {}): (string | undefined)[] =>
  offerWires(
    validate({
      flowyard: 1,
      nodes: {
        flights: { kind: 'read.csv' },
        keep: { kind: 'clean.filter' },
        join: { kind: 'combine.join' },
        ...more,
      },
      wires,
    }),
    { node: 'join', port: 'right' },
    'table',
    specs,
  ).map((fix) => (fix.do === 'wire' ? fix.wire : undefined));
const left = ['flights.rows -> keep.rows', 'keep.rows -> join.left'];

test('a join is offered the table that nothing takes yet, never the one that it has', () => {
  expect(offers(left)).toEqual([]);
  expect(offers(left, { planes: { kind: 'read.csv' } })).toEqual(['planes.rows -> join.right']);
});

test('a node that has nothing yet is offered what there is', () => {
  expect(offers(['flights.rows -> keep.rows'])).toEqual(['flights.rows -> join.right', 'keep.rows -> join.right']);
});
