/** Takes secrets out of what is told or kept, wherever they may have got into it: as they are, and as JSON or an address writes them. */
export type Redact = <T>(value: T) => T;

/** Shorter values would take half of every text with them. */
const shortest = 4;

const address = /\b[a-z][a-z0-9+.-]*:\/\/[^\s"'<>`]+/gi;
const namesSecret =
  /([?&;](?:[\w.-]*(?:api[_-]?key|token|password|passwd|secret|signature|credential)|key|sig|auth|pwd)=)[^&;#]+/gi;

/** Passwords in addresses, and the values in their queries that go by the name of a secret. */
export const hideInAddresses = (text: string): string =>
  text.replaceAll(address, (one) =>
    one
      .replace(/^([^/]+:\/\/[^/@:]*:)[^/]*@/, '$1•••@')
      // A token may stand where the user does.
      .replace(/^(https?:\/\/)[^/@:]+@/i, '$1•••@')
      .replaceAll(namesSecret, '$1•••'),
  );

/** Of a pipeline's settings only what is an address as a whole: a prompt or a query that names one is kept as it is written. */
export const redactSettings: Redact = (value) =>
  eachText(value, '://', (one) => (/^\s*[a-z][a-z0-9+.-]*:\/\/\S+\s*$/i.test(one) ? hideInAddresses(one) : one));

export function makeRedact(secrets: readonly string[]): Redact {
  const forms = [
    ...new Set(
      secrets
        .filter((secret) => secret.length >= shortest)
        .flatMap((secret) => [secret, JSON.stringify(secret).slice(1, -1), encodeURIComponent(secret)]),
    ),
  ].sort((a, b) => b.length - a.length);
  const hide = (text: string): string =>
    hideInAddresses(forms.reduce((left, form) => left.replaceAll(form, '•••'), text));
  return (value) => eachText(value, forms.length === 0 ? '://' : '', hide);
}

/** @param sign without it there is nothing to change */
function eachText<T>(value: T, sign: string, change: (text: string) => string): T {
  const text = JSON.stringify(value);
  if (text === undefined || !text.includes(sign)) return value;
  const changed: T = JSON.parse(text, (_key, one: unknown) => (typeof one === 'string' ? change(one) : one));
  return changed;
}
