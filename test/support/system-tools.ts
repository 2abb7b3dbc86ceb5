/** Programs that a slow suite needs of the system. What is missing is installed, as root or where somebody said so (`-- --install`). */
import { execFileSync, spawnSync } from 'node:child_process';

const tools = {
  // Debian's Python comes without what makes environments.
  python: { works: ['python3', '-c', 'import venv, ensurepip, pip'], packages: ['python3-venv', 'python3-pip'] },
  curl: { works: ['curl', '--version'], packages: ['curl', 'ca-certificates'] },
  processes: { works: ['pkill', '--version'], packages: ['procps'] },
  keyboard: { works: ['xdotool', 'version'], packages: ['xdotool'] },
  keychain: {
    works: ['sh', '-c', 'command -v dbus-run-session && command -v gnome-keyring-daemon'],
    packages: ['dbus', 'gnome-keyring'],
  },
  display: { works: ['Xvfb', '-help'], packages: ['xvfb'] },
  // Electron links to them; Debian's and Ubuntu's names.
  electronLibraries: {
    works: [
      'sh',
      '-c',
      'for name in libnss3 libgtk-3 libasound libgbm libXss libsecret-1; do ldconfig -p | grep -q $name.so || exit 1; done',
    ],
    packages: ['libnss3', 'libgtk-3-0', 'libasound2', 'libgbm1', 'libxss1', 'libsecret-1-0'],
  },
  ffmpeg: { works: ['ffmpeg', '-version'], packages: ['ffmpeg'] },
} as const;

export function needTools(...names: (keyof typeof tools)[]): void {
  const missing = names.filter((name) => {
    const [program, ...args] = tools[name].works;
    return spawnSync(program, args).status !== 0;
  });
  const packages = missing.flatMap((name) => [...tools[name].packages]);
  if (packages.length === 0) return;
  const isRoot = process.getuid?.() === 0;
  if (!isRoot && process.env['FLOWYARD_INSTALL'] === undefined)
    throw new Error(
      `Needed, and not here: ${missing.join(', ')}. Install it (Debian: apt-get install ${packages.join(' ')}), or run this as root or with -- --install.`,
    );
  const [program = 'sudo', ...before] = isRoot ? ['apt-get'] : ['sudo', 'apt-get'];
  const apt = (...args: string[]): void =>
    void execFileSync(program, [...before, '-o', 'DPkg::Lock::Timeout=300', '-qq', ...args], {
      stdio: ['ignore', 'ignore', 'inherit'],
      env: { ...process.env, DEBIAN_FRONTEND: 'noninteractive' },
    });
  apt('update');
  apt('install', '-y', '--no-install-recommends', ...packages);
}
