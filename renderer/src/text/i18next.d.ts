import 'i18next';
import type { en, LaterTexts } from './en/index.ts';

declare module 'i18next' {
  interface CustomTypeOptions {
    defaultNS: 'translation';
    resources: { translation: typeof en & LaterTexts };
    returnNull: false;
  }
}
