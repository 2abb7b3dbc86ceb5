import { readFileSync } from 'node:fs';
import { buildKernels } from '../../methods/trees/build-kernels.mjs';

/** The tree kernels, compiled when their sources have changed. */
export const treeKernels = async (): Promise<Uint8Array> => readFileSync(await buildKernels());
