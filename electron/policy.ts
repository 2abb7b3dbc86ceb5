/** What pages of the app may do. Pure decisions, so that each can be tested without Electron. */
export const scheme = 'flowyard';
export const origin = `${scheme}://app`;

const permissions: ReadonlySet<string> = new Set(['clipboard-sanitized-write', 'fullscreen', 'notifications']);

export function isOwnUrl(text: string): boolean {
  const url = URL.parse(text);
  return url !== null && url.protocol === `${scheme}:` && url.host === 'app';
}

export const mayHave = (permission: string, requestingUrl: string): boolean =>
  permissions.has(permission) && isOwnUrl(requestingUrl);

/** Links leave for the person's browser or mail program; nothing else leaves. */
export function mayOpenOutside(text: string): boolean {
  const url = URL.parse(text);
  return url !== null && (url.protocol === 'https:' || url.protocol === 'mailto:');
}
