/**
 * Loaded before everything else (`--import`): writes a line into FLOWYARD_EGRESS_LOG for each attempt to leave this machine, and refuses it. Child processes inherit it by
 * NODE_OPTIONS.
 */
import dns from 'node:dns';
import dgram from 'node:dgram';
import { appendFileSync } from 'node:fs';
import { syncBuiltinESMExports } from 'node:module';
import net from 'node:net';

const log = process.env['FLOWYARD_EGRESS_LOG'] ?? '';
const isHere = (/** @type {string | undefined} */ host) =>
  host === undefined || host === 'localhost' || host === '::1' || /^(::ffff:)?127\./.test(host);
const refuse = (/** @type {string} */ what) => {
  appendFileSync(log, `${process.pid} ${what}\n`);
  return Object.assign(new Error(`the network is denied: ${what}`), { code: 'ENETUNREACH' });
};

const connect = Reflect.get(net.Socket.prototype, 'connect');
net.Socket.prototype.connect = function (...args) {
  const [options] = Array.isArray(args[0]) ? args[0] : args;
  const host =
    typeof options === 'object' && options !== null ? options.host : typeof args[1] === 'string' ? args[1] : undefined;
  const isPath =
    typeof options === 'object' && options !== null ? options.path !== undefined : typeof options === 'string';
  if (isPath || isHere(host)) return Reflect.apply(connect, this, args);
  process.nextTick(() => this.destroy(refuse(`connect ${host}`)));
  return this;
};
const lookup = dns.lookup;
// @ts-expect-error its overloads are not repeated here
dns.lookup = (host, ...rest) => {
  if (isHere(host)) return Reflect.apply(lookup, dns, [host, ...rest]);
  const done = rest.at(-1);
  process.nextTick(() => done(refuse(`lookup ${host}`)));
};
const send = Reflect.get(dgram.Socket.prototype, 'send');
// @ts-expect-error its overloads are not repeated here
dgram.Socket.prototype.send = function (...args) {
  const host = args.findLast((/** @type {unknown} */ one) => typeof one === 'string');
  if (isHere(host)) return Reflect.apply(send, this, args);
  throw refuse(`send ${host}`);
};
syncBuiltinESMExports();
appendFileSync(log, '');
