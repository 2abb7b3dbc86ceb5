/** Where a pipeline that was never saved would lie: relative paths begin in the workspace, and its memory goes by its title. */
export const unsavedPath = (title: string): string =>
  `unsaved-${title.replaceAll(/[^\p{L}\p{N}]+/gu, '-')}.pipeline.json`;
