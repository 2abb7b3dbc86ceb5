/** For tests: a process that takes memory or spins, alone or by a child. `eat-memory.ts WHAT [MB]` */
import { spawn } from 'node:child_process';
import { startComputing } from '../../engine/compute/start-computing.ts';

const [, script = '', what, megabytes = '0'] = process.argv;
const kept: Buffer[] = [];
const again = (...args: string[]): string[] => ['--disable-warning=ExperimentalWarning', script, ...args];

switch (what ?? '') {
  // 8 MB at a time, touched, until it holds so much; then it waits.
  case 'eat':
    while (kept.length * 8 < Number(megabytes)) kept.push(Buffer.alloc(8 * 2 ** 20, 1));
    process.stdout.write('full\n');
    setInterval(() => kept.length, 1000);
    break;
  case 'spin':
    process.stdout.write('spins\n');
    for (;;);
  case 'query': {
    const { DuckDBInstance } = await import('@duckdb/node-api');
    const connection = await (await DuckDBInstance.create(':memory:', { threads: '1' })).connect();
    process.stdout.write('queries\n');
    await connection.run('SELECT sum(sqrt(a.range * b.range)) FROM range(1000000) a, range(1000000) b');
    break;
  }
  case 'by-child':
    spawn(process.execPath, again('eat', megabytes), { stdio: 'inherit' });
    setInterval(() => undefined, 1000);
    break;
  // Starts what it is told as a process that computes, names it, and waits.
  case 'parent': {
    const { child, stdout } = startComputing([process.execPath, ...again(megabytes)], { role: 'run', leads: true });
    stdout.once('data', () => process.stdout.write(`${child.pid ?? 0}\n`));
    setInterval(() => undefined, 1000);
    break;
  }
}
