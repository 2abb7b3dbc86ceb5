import i18next from 'i18next';
import { en, type LaterTexts } from './en/index.ts';

/** Every text of the window by its key; keys and their values are checked by the compiler. English ships first. */
const translations = i18next.createInstance();
void translations.init({
  lng: 'en',
  fallbackLng: 'en',
  initAsync: false,
  resources: { en: { translation: en } },
  // React escapes; messages may hold "<" and "&".
  interpolation: { escapeValue: false },
  returnNull: false,
});

/** What a screen says, loaded with it and before it is drawn. */
export const addTexts = (texts: Partial<LaterTexts>): void =>
  void translations.addResourceBundle('en', 'translation', texts, true);

export const t = translations.t;

/** A text whose key is made of parts; gives the key itself when there is none, so that nothing breaks over a word. */
export const tLoose = (key: string, values: Record<string, string | number> = {}): string =>
  translations.t(key, { ...values, defaultValue: key });
