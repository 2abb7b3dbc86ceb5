/** What kinds that deploy a service declare alike. */
import type { Finding } from '../define-spec.ts';
import { field } from './fields.ts';

/** Names stand in addresses. */
export const serviceName = /^[\p{L}\p{N}][\p{L}\p{N}._-]{0,79}$/u;

export const portField = field.optionalNumber({
  title: 'Port',
  help: 'Where it listens on this machine. Empty: a free port is found, and kept.',
  min: 1024,
  max: 65_535,
  step: 1,
});

/** @param sent how a caller sends the token */
export const accessField = (sent: string) =>
  field.choice({
    title: 'Access',
    help: `With a token, a caller has to send it${sent}; the service’s page shows it. It listens on this machine only, either way.`,
    choices: { token: 'with a token', none: 'for every program on this machine' },
    default: 'token',
  });

export const sayService = (does: string, { name, port }: { name: string; port: number | null }): string =>
  `${does} as ${name === '' ? '… (no name yet)' : name}${port === null ? '' : ` on port ${port}`}`;

export function serviceFindings({ name, port }: { name: string; port: number | null }): Finding[] {
  const findings: Finding[] = [];
  if (!serviceName.test(name))
    findings.push({
      code: 'service.bad-name',
      message: name === '' ? 'The service has no name.' : `"${name}" cannot name a service.`,
      mend: 'Begin with a letter or digit; then letters, digits, ".", "_" and "-", at most 80.',
      param: 'name',
    });
  if (port !== null && !Number.isInteger(port))
    findings.push({
      code: 'param.not-whole',
      message: 'A port is a whole number.',
      mend: 'Give one from 1024 to 65535, or none.',
      param: 'port',
    });
  return findings;
}
