import { isAbsolute, relative, sep } from 'node:path';

/** Both real paths; a folder is not inside itself. */
export const isInside = (folder: string, path: string): boolean => {
  const way = relative(folder, path);
  return way !== '' && !way.startsWith(`..${sep}`) && way !== '..' && !isAbsolute(way);
};
