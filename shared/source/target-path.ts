/** A place on a remote, as a pipeline names it: `lab:/scratch/sales/*.parquet`. What lies there is read there, and never sent. */
export function readTargetPath(text: string): { target: string; path: string } | undefined {
  // One letter is a drive of Windows.
  const [, target, path] = /^([\p{L}\p{N}][\p{L}\p{N} ._-]{1,59}):(\/.+)$/u.exec(text) ?? [];
  return target === undefined || path === undefined ? undefined : { target, path };
}
