/** The setting of every kind that answers rows one by one: from how many failed rows on the node fails. */
import { field } from './fields/fields.ts';

export const failingRows = {
  failShare: field.optionalNumber({
    title: 'Failing share',
    help: 'The node fails when this share of its rows failed, or more: 1 when all did, 0.1 when a tenth did. Below it, failed rows are told and the others go on. Empty: it never fails for them.',
    default: 1,
    min: 0.001,
    max: 1,
    step: 0.05,
    section: 'Failures',
  }),
};
