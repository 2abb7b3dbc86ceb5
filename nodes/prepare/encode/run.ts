import { fitted } from '../../../shared/capabilities.ts';
import { applyOneHot, fitOneHot, oneHotOnnx, type OneHotState } from './one-hot.ts';
import { applyOrdinal, fitOrdinal, ordinalOnnx, ordinalTables, type OrdinalState } from './ordinal.ts';
import { spec } from './spec.ts';
import { applyTargetMean, fitTargetMean, targetMeanOnnx, targetTables, type TargetState } from './target-mean.ts';

type State = OneHotState | OrdinalState | TargetState;

export default fitted(spec, {
  fit: async (context): Promise<State> => {
    switch (context.params.method) {
      case 'one-hot':
        return await fitOneHot(context);
      case 'ordinal':
        return await fitOrdinal(context);
      case 'target':
        return await fitTargetMean(context);
    }
  },
  tables: (state) =>
    state.method === 'ordinal' ? ordinalTables(state) : state.method === 'target' ? targetTables(state) : {},
  apply: ({ state, ...context }) => {
    switch (state.method) {
      case 'one-hot':
        return applyOneHot({ ...context, state });
      case 'ordinal':
        return applyOrdinal({ ...context, state });
      case 'target':
        return applyTargetMean({ ...context, state });
    }
  },
  onnx: ({ state, ...context }) => {
    switch (state.method) {
      case 'one-hot':
        oneHotOnnx({ ...context, state });
        return;
      case 'ordinal':
        ordinalOnnx({ ...context, state });
        return;
      case 'target':
        targetMeanOnnx({ ...context, state });
    }
  },
});
