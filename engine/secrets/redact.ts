/** Takes secrets out of what is told or kept, wherever they may have got into it: as they are, and as JSON or an address writes them. */
export type Redact = <T>(value: T) => T;

/** Shorter values would take half of every text with them. */
const shortest = 4;

export function makeRedact(secrets: readonly string[]): Redact {
  const forms = [
    ...new Set(
      secrets
        .filter((secret) => secret.length >= shortest)
        .flatMap((secret) => [secret, JSON.stringify(secret).slice(1, -1), encodeURIComponent(secret)]),
    ),
  ].sort((a, b) => b.length - a.length);
  if (forms.length === 0) return (value) => value;
  const hide = (text: string): string => forms.reduce((left, form) => left.replaceAll(form, '•••'), text);
  return <T>(value: T): T => {
    const text = JSON.stringify(value);
    if (text === undefined) return value;
    const hidden: T = JSON.parse(text, (_key, one: unknown) => (typeof one === 'string' ? hide(one) : one));
    return hidden;
  };
}
