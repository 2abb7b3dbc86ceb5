/** What pages of the app may do. Pure decisions, so that each can be tested without Electron. */
export const scheme = 'flowyard';
export const origin = `${scheme}://app`;

/** Everything from the app itself. React Flow and React Aria set styles on elements, hence `unsafe-inline` for styles alone. */
export const contentSecurityPolicy = [
  "default-src 'none'",
  "script-src 'self'",
  "worker-src 'self'",
  "style-src 'self' 'unsafe-inline'",
  "img-src 'self' data: blob:",
  "font-src 'self'",
  "connect-src 'self'",
  "base-uri 'none'",
  "form-action 'none'",
  "frame-ancestors 'none'",
].join('; ');

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
