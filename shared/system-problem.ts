/** What the operating system refuses, in words. Known by the code that it gives (`ENOSPC`), so that nothing of Node is needed here. */

/** As `Problem` (`errors.ts`) has them, which stands above. */
interface Words {
  code: string;
  message: string;
  mend: string;
}

export const diskFull: Words = {
  code: 'store.disk-full',
  message: 'The disk is full: nothing more can be written.',
  mend: 'Free some space, or empty the cache, then run again: what was finished is kept.',
};
const readOnly = (path: string): Words => ({
  code: 'store.read-only',
  message: `Flowyard may not write${path === '' ? '' : ` ${path}`}.`,
  mend: 'Open a folder that you may write in, or copy the files to one.',
});
const tooManyFiles: Words = {
  code: 'store.too-many-files',
  message: 'The system allows no more open files.',
  mend: 'Close other programs or raise the limit (ulimit -n), then try again.',
};

/** The engine of the language sets limits of its own: of calls within calls, of the length of a text, of the names of files. */
const tooDeep: Words = {
  code: 'input.too-deep',
  message: 'Something is nested too deeply: lists in lists, brackets in brackets or steps behind steps.',
  mend: 'Make it flatter: cut it into several parts.',
};
const tooLarge: Words = {
  code: 'input.too-large',
  message: 'A single value is too large: a text may have 500 MB, a list some billions of bytes.',
  mend: 'Cut it into smaller pieces first.',
};
const notAFolder = (path: string): Words => ({
  code: 'file.not-a-folder',
  message: `Something on the way to ${path === '' ? 'the file' : path} is a file, not a folder.`,
  mend: 'Move it away, or choose another folder.',
});
const isAFolder = (path: string): Words => ({
  code: 'file.is-a-folder',
  message: `${path === '' ? 'This' : path} is a folder, not a file.`,
  mend: 'Choose a file, or another name.',
});
const tooLongName: Words = {
  code: 'file.bad-name',
  message: 'The name is longer than the disk allows.',
  mend: 'Choose a shorter name.',
};
const zeroInName: Words = {
  code: 'file.bad-name',
  message: 'The name of a file holds a character of zero, which no file can have.',
  mend: 'Type the name again.',
};

function limitOfLanguage(thrown: Error): Words | undefined {
  const code = 'code' in thrown ? thrown.code : undefined;
  if (thrown instanceof RangeError && /call stack/.test(thrown.message)) return tooDeep;
  if (code === 'ERR_STRING_TOO_LONG' || code === 'ERR_FS_FILE_TOO_LARGE' || code === 'ERR_BUFFER_TOO_LARGE')
    return tooLarge;
  if (
    thrown instanceof RangeError &&
    /Invalid (string|array|typed array|array buffer) length|allocation failed|Map maximum size/i.test(thrown.message)
  )
    return tooLarge;
  return code === 'ERR_INVALID_ARG_VALUE' && thrown.message.includes('null bytes') ? zeroInName : undefined;
}

/** Undefined for what the system did not say, or what only a fault of ours can cause. */
export function systemProblem(thrown: unknown): Words | undefined {
  if (!(thrown instanceof Error)) return undefined;
  const limit = limitOfLanguage(thrown);
  if (limit !== undefined) return limit;
  if (!('code' in thrown)) return undefined;
  switch (thrown.code) {
    case 'ENOSPC':
    case 'EDQUOT':
      return diskFull;
    case 'EROFS':
    case 'EACCES':
    case 'EPERM':
      return readOnly('path' in thrown ? String(thrown.path) : '');
    case 'EMFILE':
    case 'ENFILE':
      return tooManyFiles;
    case 'ENOTDIR':
      return notAFolder('path' in thrown ? String(thrown.path) : '');
    case 'EISDIR':
      return isAFolder('path' in thrown ? String(thrown.path) : '');
    case 'ENAMETOOLONG':
      return tooLongName;
    default:
      return undefined;
  }
}
