import { task } from '../../../shared/capabilities.ts';
import { evaluateModel } from '../../../methods/evaluation/evaluate-model.ts';
import { spec } from './spec.ts';

export default task(spec, { run: (context) => evaluateModel(context) });
