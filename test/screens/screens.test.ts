import { readdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { app } from '../../renderer/src/text/en/app.ts';
import { dialogs, pictures, screens, tabs, themes } from './pictures.ts';

const docs = join(import.meta.dirname, '..', '..', 'docs');
const page = readFileSync(join(docs, 'screens.md'), 'utf8');
const files = readdirSync(join(docs, 'screens'));
const wanted = pictures.flatMap((name) => themes.map((theme) => `${name}-${theme}.webp`));
/** What GitHub and a clone carry for the sake of a page that is looked at now and then. */
const mostBytes = 3e6;

/** The text of the section with this heading, up to the next heading of its rank. */
function section(title: string, level: 2 | 3): string {
  const head = `\n${'#'.repeat(level)} ${title}\n`;
  const [, after] = page.split(head);
  return after?.split(level === 2 ? /\n## / : /\n##/)[0] ?? '';
}

test('every screen has its section, with what it is for and its pictures', () => {
  for (const [screen, names] of Object.entries(screens)) {
    const text = section(app.screens[screen as keyof typeof screens], 2);
    expect(text.trim(), `docs/screens.md has no section of the screen "${screen}"`).toMatch(/^[A-Z].*\.$/m);
    for (const name of names) expect(text).toContain(`screens/${name}-light.webp`);
  }
});

test('every tab of the results has its section and its picture', () => {
  for (const [tab, name] of Object.entries(tabs)) {
    const text = section(app.drawerTabs[tab as keyof typeof tabs], 3);
    expect(text, `docs/screens.md has no section of the tab "${tab}"`).toContain(`screens/${name}-light.webp`);
  }
});

test('every dialog with a picture stands under Dialogs', () => {
  const text = section('Dialogs', 2);
  for (const name of Object.values(dialogs).filter((dialog) => dialog !== null))
    expect(text).toContain(`screens/${name}-light.webp`);
});

test('each picture is there in light and dark, is shown, and all of them are small enough', () => {
  expect(files.toSorted()).toEqual(wanted.toSorted());
  for (const file of wanted)
    expect(page, `npm run screens takes ${file}, and docs/screens.md must show it`).toContain(file);
  const bytes = files.reduce((sum, file) => sum + statSync(join(docs, 'screens', file)).size, 0);
  expect(bytes).toBeLessThanOrEqual(mostBytes);
});
