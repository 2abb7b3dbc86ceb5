import type { Plugin } from 'vite';

const localeFile =
  /[\\/]react-(?:aria|stately)[\\/]dist[\\/]private[\\/]intl[\\/].*[\\/](?!en-US)[a-z]{2}-[A-Z]{2}\.mjs$/;

/** The window speaks English first: the component library's words in 33 other languages would be 25 kB gzipped of the first chunk. */
export function englishStrings(): Plugin {
  return {
    name: 'flowyard-english-strings',
    enforce: 'pre',
    load: (id) => (localeFile.test(id.split('?')[0] ?? id) ? "export { default } from './en-US.mjs';" : undefined),
  };
}
