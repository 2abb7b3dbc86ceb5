// The gradient boosting kernels, compiled by AssemblyScript. All pointers are byte offsets in one shared memory that the caller lays out.
export * from './bins.as';
export * from './histogram.as';
export * from './splits.as';
export * from './rows.as';
export * from './gradients.as';
