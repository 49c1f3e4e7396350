/** Where messages come from: the embedded broker, or the link to an external one. One shape for both. */

import type { Logger } from 'pino';
import { ListenError } from '../gateway/broker/listen-error.ts';
import type { BrokerLinkState } from '../gateway/index.ts';
import { hostState, type HostState } from '../gateway/profiles/codecs/sparkplug-state.ts';
import { usesOf } from '../gateway/profiles/uses.ts';
import type { RawMessage } from '../domain/intake.ts';
import type { Registry } from '../domain/registry.ts';
import type { Devices } from './devices/devices.ts';
import { createDoor } from './devices/door.ts';
import { messageOf, StartRefused } from './data-folder.ts';
import { readAuthority, readPem, readPemPair } from './pem.ts';
import { inWords, type BrokerPart } from './parts.ts';
import { isLoopback, type Settings } from './settings/settings.ts';

export interface Source {
  /** What people are told of it: `embedded broker on 127.0.0.1:1883`. */
  readonly name: string;
  /** Where the simulators connect to. */
  readonly url: string;
  part(): BrokerPart;
  /** What edge nodes of Sparkplug hear of us; unset: no such device is bound, nor looked for. */
  readonly hostState?: HostState;
  /** Resolves when the broker is connected for the first time, or when it is known that it isn't there. */
  readonly answered: Promise<void>;
  publish(message: {
    readonly topic: string;
    readonly payload: string | Uint8Array;
    readonly retain?: boolean;
  }): Promise<void>;
  resubscribe(registry: Registry): void;
  /** This message could not be understood: who sends many of them is read more slowly, where that is ours to do. */
  onRefused(raw: RawMessage, why: string): void;
  close(): Promise<void>;
}

export interface SourceParts {
  readonly settings: Settings['mqtt'];
  readonly registry: Registry;
  readonly devices: Devices;
  readonly onMessage: (raw: RawMessage, done: (error?: Error) => void) => void;
  readonly onPart: (part: BrokerPart) => void;
  /** The broker is there, for the first time or again. */
  readonly onConnected: (source: Source) => void;
  readonly log: Logger;
}

/** Starts listening or connecting. Throws `StartRefused` when the port is taken or a file can't be read. */
export function startSource(parts: SourceParts): Promise<Source> {
  return parts.settings.url === undefined
    ? startEmbedded(parts)
    : startLink(parts, parts.settings.url);
}

async function startEmbedded(parts: SourceParts): Promise<Source> {
  const { settings, log, onMessage, devices } = parts;
  const tls = embeddedTls(settings);
  const { username, password } = settings;
  const shared =
    username === undefined || password === undefined ? undefined : { username, password };
  const door = createDoor({
    devices,
    shared,
    loopback: isLoopback(settings.host),
    certificates: tls?.ca !== undefined,
  });
  // Only the one that is used is loaded.
  const { startEmbeddedBroker } = await import('../gateway/broker/embedded-broker.ts');
  try {
    const broker = await startEmbeddedBroker({
      host: settings.host,
      port: settings.port,
      ...(tls ? { tls } : {}),
      authenticate: (who) => door.authenticate(who),
      onClient: devices.notice,
      onMessage,
      log: log.child({ part: 'broker' }),
    });
    const { host, port } = broker.address;
    const hostState = sparkplugState(parts);
    devices.useBroker({ seen: () => broker.seen(), sharedUsername: username });
    const stopWatching = devices.shelf.onChanged((id) =>
      broker.cutOff((who) => who.credential === id || !door.stands(who)),
    );
    const source: Source = {
      name: `embedded broker on ${host}:${port}`,
      url: withCredentials(`${tls ? 'mqtts' : 'mqtt'}://${host}:${port}`, door.own),
      part: () => {
        const clients = broker.clients();
        return {
          ok: true,
          ...inWords(`内置，${clients} 个客户端`, `embedded, ${clients} clients`),
        };
      },
      ...(hostState ? { hostState } : {}),
      answered: Promise.resolve(),
      publish: (message) => broker.publish({ ...message, qos: 1 }),
      resubscribe: () => undefined,
      onRefused: (raw, why) => broker.onRefused(raw, why),
      close: () => {
        stopWatching();
        return broker.close();
      },
    };
    parts.onConnected(source);
    return source;
  } catch (error) {
    if (!(error instanceof ListenError)) throw error;
    throw new StartRefused(
      `The embedded broker can't listen on ${settings.host}:${settings.port} (${messageOf(error)}); change LANTAI_MQTT_HOST or LANTAI_MQTT_PORT, or set LANTAI_MQTT_URL to use the broker that is there.`,
    );
  }
}

async function startLink(parts: SourceParts, url: string): Promise<Source> {
  const { connectBroker } = await import('../gateway/mqtt/link.ts');
  const { settings, registry, log, onMessage, onPart } = parts;
  let wasConnected = false;
  const answered = Promise.withResolvers<void>();
  const hostState = sparkplugState(parts);
  const link = connectBroker({
    url,
    clientId: settings.clientId,
    registry,
    ...(hostState ? { secondWill: { topic: hostState.topic, payload: hostState.death } } : {}),
    ...optional('username', settings.username),
    ...optional('password', settings.password),
    ...optional('ca', settings.caPath && readPem(settings.caPath, 'LANTAI_MQTT_CA')),
    ...(settings.certPath !== undefined && settings.keyPath !== undefined
      ? pemPair(settings.certPath, settings.keyPath)
      : {}),
    onMessage,
    onState: (state) => {
      onPart(linkPart(state));
      if (state.connected || isRefused(state)) answered.resolve();
      if (state.connected && !wasConnected) parts.onConnected(source);
      wasConnected = state.connected;
    },
    log: log.child({ part: 'broker' }),
  });
  const source: Source = {
    name: `broker at ${withoutCredentials(url)}`,
    url: withCredentials(url, settings),
    part: () => linkPart(link.state()),
    ...(hostState ? { hostState } : {}),
    answered: answered.promise,
    publish: (message) => link.publish({ ...message, qos: 1 }),
    resubscribe: (next) => link.resubscribe(next),
    onRefused: () => undefined,
    close: () => link.close(),
  };
  return source;
}

/** Edge nodes are told that their host is there only where some are meant. */
function sparkplugState({ registry, settings }: SourceParts): HostState | undefined {
  const isUsed = usesOf(registry).all.some(
    (use) =>
      use.profile.document.id === 'sparkplug-b' &&
      (use.named || use.byDevice.size + use.byTopic.size > 0),
  );
  return isUsed ? hostState(settings.clientId, Date.now()) : undefined;
}

function linkPart(state: BrokerLinkState): BrokerPart {
  const { main, safety } = state;
  if (!state.connected) {
    return { ok: false, ...notConnected(safety.connected ? main.trouble : safety.trouble) };
  }
  const forgotten = main.forgottenCount + safety.forgottenCount;
  if (forgotten > 0) {
    const words = inWords(
      `已连接，但消息服务器 ${forgotten} 次丢失本系统的会话：请检查它是否持久保存会话`,
      `connected, but the broker forgot our session ${forgotten} times: check that it persists sessions`,
    );
    return { ok: false, ...words };
  }
  return { ok: true, ...inWords('已连接，两个会话', 'connected, two sessions') };
}

/** Whether network or broker said that there is no connection. */
function isRefused({ main, safety }: BrokerLinkState): boolean {
  return [main, safety].some(({ trouble }) => trouble !== undefined && !NO_ANSWER.has(trouble));
}

/** Why in the link's own words; what the network or the broker says of itself stays as it is. */
function notConnected(trouble: string | undefined): Pick<BrokerPart, 'detail' | 'text'> {
  if (trouble === undefined) return inWords('未连接', 'not connected');
  return inWords(`未连接：${troublesZh.get(trouble) ?? trouble}`, `not connected: ${trouble}`);
}

const troublesZh: ReadonlyMap<string, string> = new Map([
  ['not connected yet', '尚未连上'],
  ['connection lost', '连接中断'],
  ['waits for the safety session', '等待安全会话'],
]);

/** What is said before anything was heard. */
const NO_ANSWER: ReadonlySet<string> = new Set([
  'not connected yet',
  'waits for the safety session',
]);

function embeddedTls(settings: Settings['mqtt']) {
  const { certPath, keyPath, clientCaPath } = settings;
  if (certPath === undefined || keyPath === undefined) return undefined;
  const pair: { readonly cert: string; readonly key: string; readonly ca?: string } = pemPair(
    certPath,
    keyPath,
  );
  if (clientCaPath === undefined) return pair;
  return { ...pair, ca: readAuthority(clientCaPath, 'LANTAI_MQTT_CLIENT_CA') };
}

function pemPair(certPath: string, keyPath: string) {
  return readPemPair({
    cert: { path: certPath, setting: 'LANTAI_MQTT_CERT' },
    key: { path: keyPath, setting: 'LANTAI_MQTT_KEY' },
  });
}

function withCredentials(
  url: string,
  settings: Pick<Settings['mqtt'], 'username' | 'password'>,
): string {
  const parsed = new URL(url);
  if (settings.username !== undefined) parsed.username = encodeURIComponent(settings.username);
  if (settings.password !== undefined) parsed.password = encodeURIComponent(settings.password);
  return parsed.toString();
}

function withoutCredentials(url: string): string {
  const parsed = new URL(url);
  parsed.username = '';
  parsed.password = '';
  return parsed.toString();
}

function optional<K extends string>(key: K, value: string | undefined): { [P in K]?: string } {
  return (value === undefined || value === '' ? {} : { [key]: value }) as { [P in K]?: string };
}
