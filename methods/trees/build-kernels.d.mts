export const kernelsFile: string;
export function buildKernels(): Promise<string>;
