/** Was this said because whoever read our output has gone? */
export const isClosedPipe = (thrown: unknown): boolean =>
  thrown instanceof Error && 'code' in thrown && thrown.code === 'EPIPE';
