/** Asks at the terminal without showing what is typed. */
import { showControls } from '../say.ts';

export function askHidden(question: string): Promise<string> {
  const { stdin, stderr } = process;
  stderr.write(showControls(question));
  stdin.setRawMode(true);
  stdin.resume();
  stdin.setEncoding('utf8');
  return new Promise((resolve, reject) => {
    let typed = '';
    const end = (finish: () => void): void => {
      stdin.off('data', read);
      stdin.setRawMode(false);
      stdin.pause();
      stderr.write('\n');
      finish();
    };
    const read = (text: string): void => {
      for (const character of text) {
        if (character === '\r' || character === '\n' || character === '\u0004') return end(() => resolve(typed));
        if (character === '\u0003') return end(() => reject(new Error('Stopped.')));
        typed =
          character === '\u007f' || character === '\b' ? Array.from(typed).slice(0, -1).join('') : typed + character;
      }
    };
    stdin.on('data', read);
  });
}
