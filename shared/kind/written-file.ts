/**
 * What a pipeline may call a file that it writes. What configures a program, is one, or is a pipeline could run on the person's machine later, at the next
 * `git status` or the next shell: a pipeline that came from elsewhere may not write it. The engine asks the same again where it writes.
 */
import type { Finding } from './define-spec.ts';

/** Files whose ending says that something runs or obeys them. */
const programs = new RegExp(
  String.raw`\.(${[
    'appimage|app|bash|bat|class|cmd|com|command|csh|deb|desktop|dll|dmg|dylib|exe|fish|hta|jar|ksh|lnk|lua|msi|msix|node|o|out|php|pif|pkg|pl|ps1|psd1|psm1|rb|rpm|run|scpt|scr|sh|so|url|vbe|vbs|wasm|workflow|wsf|wsh|xpi|zsh',
    'cjs|cts|ipynb|js|jsx|mjs|mts|pth|py|pyc|pyd|pyw|pyx|r|ts|tsx',
    'cfg|cmake|conf|cnf|gradle|inf|ini|mk|plist|properties|reg|service|socket|timer|toml|yaml|yml',
    'htm|html|svg|xht|xhtml',
  ].join('|')})$`,
  'iu',
);
/** Names that a program looks for, whatever they hold. */
const sought =
  /^((gnu)?makefile|(docker|container|just|rake|gem|guard|vagrant|jenkins|proc|brew|pod|fast|cake)file|build|workspace|cmakelists\.txt|(package|package-lock|npm-shrinkwrap|composer|deno|bower|lerna|nx|turbo|vercel|firebase|pyrightconfig|devcontainer)\.jsonc?|(tsconfig|jsconfig)(\..*)?\.json|(requirements|constraints)(-.*|\..*)?\.txt|authorized_keys\d?|known_hosts|crontab|config|hosts|passwd|shadow|sudoers|profile)$/iu;

export type RefusedName = 'outside' | 'hidden' | 'program' | 'pipeline';

/** Why a path of a workspace may not be written, or undefined. Judged as every file system would read it: `\` parts folders, endings of dots and blanks do not count. */
export function refusedName(path: string): RefusedName | undefined {
  if (path.trim() === '' || path.includes('\0') || /^([/\\]|[A-Za-z]:)/.test(path)) return 'outside';
  const steps = path.split(/[/\\]/).filter((step) => step !== '' && step !== '.');
  if (steps.includes('..') || steps.length === 0) return 'outside';
  const names = steps.map((step) => step.replace(/[. ]+$/, '').trimStart());
  if (names.some((name) => name.startsWith('.') || name === '' || /^(node_modules|site-packages)$/i.test(name)))
    return 'hidden';
  const last = names.at(-1) ?? '';
  if (/\.pipeline\.json$/i.test(last)) return 'pipeline';
  // On Windows what stands behind a colon is another stream of the same file.
  return last.includes(':') || programs.test(last) || sought.test(last) ? 'program' : undefined;
}

export function sayRefused(path: string, why: RefusedName): { code: string; message: string; mend: string } {
  switch (why) {
    case 'outside':
      return {
        code: 'file.outside-workspace',
        message: `"${path}" lies outside the workspace.`,
        mend: 'Give a path inside the workspace, such as results/table.csv.',
      };
    case 'hidden':
      return {
        code: 'file.configures',
        message: `"${path}" is hidden: such files and folders tell other programs what to do, so a pipeline may not write them.`,
        mend: 'Give a name without a dot at its beginning, in a folder without one.',
      };
    case 'pipeline':
      return {
        code: 'file.configures',
        message: `"${path}" would be a pipeline, which a pipeline may not write.`,
        mend: 'Give another name.',
      };
    case 'program':
      return {
        code: 'file.configures',
        message: `"${path}" is a name that other programs run or obey, so a pipeline may not write it.`,
        mend: 'Give a name that ends as data do, such as results/table.csv.',
      };
  }
}

/** Of what a kind writes, the names that may not be. None yet is for the kind to say. */
export function findRefused(written: readonly { param: string; path: string }[]): Finding[] {
  return written.flatMap(({ param, path }) => {
    const why =
      path.replace(/[/\\]+$/, '').trim() === ''
        ? undefined
        : refusedName(path.endsWith('/') ? `${path}data.csv` : path);
    return why === undefined ? [] : [{ ...sayRefused(path, why), param }];
  });
}
