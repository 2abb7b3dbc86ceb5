/** Everything that the command line says to a person. Names and values of a stranger's files are in it: what a terminal would obey (clear the screen, go back in the line, turn the order of letters) is shown instead, and only we begin a line. */

/** Controls (C0 with ESC, DEL, C1) but for a tab, and what overrides the direction of letters. */
const obeyed = /(?!\t)[\p{Cc}\u202a-\u202e\u2066-\u2069]/gu;
const shown = (character: string): string => `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`;

/** As one line, also where it has several. */
export const showControls = (text: string): string => text.replaceAll(obeyed, shown);

/** One line, or one with lines that go on below it, set in: none of them passes for a line of its own. */
export const lineOf = (text: string): string => `${text.split(/\r?\n/).map(showControls).join('\n    ')}\n`;

export const say = (text: string): void => void process.stdout.write(lineOf(text));
/** To standard error. */
export const complain = (text: string): void => void process.stderr.write(lineOf(text));

/** The same value: JSON leaves C1 controls and overrides as they are, which are letters of its texts alone. */
export const jsonLine = (value: unknown): string => `${showControls(JSON.stringify(value))}\n`;
