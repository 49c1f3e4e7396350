/** Reads the settings from environment and lantai.yaml, checks them, and says in one sentence what is wrong. */

import { parse } from 'yaml';
import { SETTINGS, type SettingDefinition, type SettingName } from './names.ts';

export interface TlsFiles {
  readonly certPath: string;
  readonly keyPath: string;
}

export interface Settings {
  readonly http: {
    readonly host: string;
    readonly port: number;
    readonly tls?: TlsFiles;
    /** A proxy does HTTPS, and its headers are believed. */
    readonly trustProxy: boolean;
    readonly publicUrl?: string;
  };
  readonly mqtt: {
    /** Unset: the embedded broker. */
    readonly url?: string;
    readonly host: string;
    readonly port: number;
    readonly username?: string;
    readonly password?: string;
    readonly caPath?: string;
    readonly certPath?: string;
    readonly keyPath?: string;
    /** Who signs the certificates of devices: the embedded broker asks for them. */
    readonly clientCaPath?: string;
    readonly clientId: string;
  };
  /** Unset: no listener for fire alarm transmitters. */
  readonly gb26875?: { readonly host: string; readonly port: number };
  readonly influx?: {
    readonly url: string;
    readonly database: string;
    readonly username?: string;
    readonly password?: string;
    readonly token?: string;
    readonly org?: string;
  };
  readonly dataDir: string;
  /** Unset: the sample archive. */
  readonly repositoryPath?: string;
  readonly simulate: boolean;
  readonly adminPassword?: string;
  readonly smtp?: { readonly url: string; readonly from: string };
  readonly webhookTemplatePath?: string;
  readonly logLevel: string;
}

export type SettingsResult =
  { readonly ok: true; readonly settings: Settings } | { readonly ok: false; readonly why: string };

const LOG_LEVELS = ['fatal', 'error', 'warn', 'info', 'debug', 'trace', 'silent'];
const LOOPBACK = /^(127\.\d+\.\d+\.\d+|localhost|::1|\[::1\])$/;

/** Whether what listens there is reached from this machine only. */
export function isLoopback(host: string): boolean {
  return LOOPBACK.test(host);
}

type Values = Readonly<Partial<Record<SettingName, string>>>;

/** A setting is wrong; the message is the sentence for the person. */
class WrongSetting extends Error {}

/**
 * The settings from `env` and the text of lantai.yaml (environment wins). Unknown `LANTAI_*` names, values that can't
 * be, and combinations that are not safe are answered with one sentence that names the setting to change.
 */
export function readSettings(
  env: Readonly<Record<string, string | undefined>>,
  yamlText: string | undefined,
): SettingsResult {
  try {
    const values = { ...fromYaml(yamlText), ...fromEnvironment(env) };
    for (const definition of SETTINGS) check(definition, values[definition.name]);
    return { ok: true, settings: compose(values) };
  } catch (error) {
    if (error instanceof WrongSetting) return { ok: false, why: error.message };
    throw error;
  }
}

function fromEnvironment(env: Readonly<Record<string, string | undefined>>): Values {
  const found = Object.entries(env).filter(
    ([name, value]) => name.startsWith('LANTAI_') && value !== undefined && value !== '',
  );
  for (const [name] of found) requireKnown(name, 'the environment');
  return Object.fromEntries(found);
}

function fromYaml(text: string | undefined): Values {
  if (text === undefined) return {};
  const parsed: unknown = parseYaml(text);
  if (parsed === null || parsed === undefined) return {};
  if (typeof parsed !== 'object' || Array.isArray(parsed)) {
    throw new WrongSetting('lantai.yaml must be a list of "LANTAI_NAME: value" lines.');
  }
  const entries = Object.entries(parsed).map(([name, value]) => {
    requireKnown(name, 'lantai.yaml');
    if (typeof value === 'object') {
      throw new WrongSetting(`${name} in lantai.yaml must be a plain value.`);
    }
    // YAML reads on and off as words or switches, by version; both mean the same here.
    const text = value === true ? 'on' : value === false ? 'off' : String(value);
    return [name, text] as const;
  });
  return Object.fromEntries(entries);
}

function parseYaml(text: string): unknown {
  try {
    return parse(text);
  } catch (error) {
    const why = error instanceof Error ? (error.message.split('\n')[0] ?? '') : '';
    throw new WrongSetting(`lantai.yaml is not valid YAML: ${why}`);
  }
}

function requireKnown(name: string, where: string): void {
  const known = SETTINGS.map((setting): string => setting.name);
  if (known.includes(name)) return;
  const [near] = known
    .map((candidate) => [candidate, distance(candidate, name)] as const)
    .filter(([, letters]) => letters <= 3)
    .sort(([, a], [, b]) => a - b);
  const hint = near ? `; did you mean ${near[0]}?` : '; the settings are listed in .env.example.';
  throw new WrongSetting(`${name} in ${where} is not a setting of Lantai${hint}`);
}

function check(definition: SettingDefinition, value: string | undefined): void {
  if (value === undefined) return;
  const { name, kind } = definition;
  const shown = kind === 'secret' ? 'its value' : `"${redacted(value)}"`;
  if (kind === 'port' && !(/^\d+$/.test(value) && Number(value) <= 65_535)) {
    throw new WrongSetting(`${name} must be a port from 0 to 65535; it is ${shown}.`);
  }
  if (kind === 'url' && !URL.canParse(value)) {
    throw new WrongSetting(`${name} must be an address with a scheme; it is ${shown}.`);
  }
  if (kind === 'switch' && !['on', 'off', '1', '0', 'true', 'false'].includes(value)) {
    throw new WrongSetting(`${name} must be on or off; it is ${shown}.`);
  }
  if (kind === 'level' && !LOG_LEVELS.includes(value)) {
    throw new WrongSetting(`${name} must be one of ${LOG_LEVELS.join(', ')}; it is ${shown}.`);
  }
}

function compose(values: Values): Settings {
  const get = (name: SettingName): string | undefined =>
    values[name] ?? SETTINGS.map((s: SettingDefinition) => s).find((s) => s.name === name)?.default;
  const need = (name: SettingName): string => get(name) ?? '';
  if (values.LANTAI_DATABASE_URL !== undefined) {
    throw new WrongSetting(
      'LANTAI_DATABASE_URL: PostgreSQL is not supported yet; leave it unset to use SQLite in LANTAI_DATA_DIR.',
    );
  }
  const sample = values.LANTAI_REPOSITORY === undefined;
  const simulate = values.LANTAI_SIMULATE;
  const smtp = smtpOf(values);
  const influx = influxOf(values, sample);
  const gb26875 = gb26875Of(get, need);
  refuseSimulatorsWithoutCertificate(values, simulate === undefined ? sample : isOn(simulate));
  return {
    http: httpOf(get, need),
    mqtt: mqttOf(get, need),
    ...(gb26875 ? { gb26875 } : {}),
    ...(influx ? { influx } : {}),
    dataDir: need('LANTAI_DATA_DIR'),
    ...optional('repositoryPath', values.LANTAI_REPOSITORY),
    simulate: simulate === undefined ? sample : isOn(simulate),
    ...optional('adminPassword', values.LANTAI_ADMIN_PASSWORD),
    ...(smtp ? { smtp } : {}),
    ...optional('webhookTemplatePath', values.LANTAI_WEBHOOK_TEMPLATE),
    logLevel: need('LANTAI_LOG_LEVEL'),
  };
}

type Get = (name: SettingName) => string | undefined;

function httpOf(get: Get, need: (name: SettingName) => string): Settings['http'] {
  const host = need('LANTAI_HTTP_HOST');
  const certPath = get('LANTAI_HTTP_TLS_CERT');
  const keyPath = get('LANTAI_HTTP_TLS_KEY');
  if ((certPath === undefined) !== (keyPath === undefined)) {
    throw new WrongSetting(
      'LANTAI_HTTP_TLS_CERT and LANTAI_HTTP_TLS_KEY belong together; set both.',
    );
  }
  const tls = certPath && keyPath ? { certPath, keyPath } : undefined;
  const trustProxy = !['', 'off', 'false', '0'].includes(need('LANTAI_TRUST_PROXY'));
  const publicUrl = get('LANTAI_PUBLIC_URL');
  const behindTls = trustProxy && publicUrl?.startsWith('https:') === true;
  if (!LOOPBACK.test(host) && !tls && !behindTls) {
    throw new WrongSetting(
      `LANTAI_HTTP_HOST is ${host}, beyond this machine: set LANTAI_HTTP_TLS_CERT and LANTAI_HTTP_TLS_KEY, or LANTAI_TRUST_PROXY=on with an https LANTAI_PUBLIC_URL.`,
    );
  }
  return {
    host,
    port: Number(need('LANTAI_HTTP_PORT')),
    ...(tls ? { tls } : {}),
    trustProxy,
    ...optional('publicUrl', publicUrl),
  };
}

function mqttOf(get: Get, need: (name: SettingName) => string): Settings['mqtt'] {
  const url = get('LANTAI_MQTT_URL');
  const host = need('LANTAI_MQTT_HOST');
  if (url !== undefined && !/^mqtts?:$/.test(new URL(url).protocol)) {
    throw new WrongSetting(
      `LANTAI_MQTT_URL must begin with mqtt:// or mqtts://; it is "${redacted(url)}".`,
    );
  }
  const username = get('LANTAI_MQTT_USERNAME');
  const password = get('LANTAI_MQTT_PASSWORD');
  const certPath = get('LANTAI_MQTT_CERT');
  const keyPath = get('LANTAI_MQTT_KEY');
  // Half of a pair would leave the embedded broker open to everybody, in silence.
  if (url === undefined && (username === undefined) !== (password === undefined)) {
    throw new WrongSetting(
      'LANTAI_MQTT_USERNAME and LANTAI_MQTT_PASSWORD belong together; set both.',
    );
  }
  if ((certPath === undefined) !== (keyPath === undefined)) {
    throw new WrongSetting('LANTAI_MQTT_CERT and LANTAI_MQTT_KEY belong together; set both.');
  }
  const clientCaPath = get('LANTAI_MQTT_CLIENT_CA');
  requireGuard({ url, host, certPath, clientCaPath });
  return {
    ...optional('url', url),
    host,
    port: Number(need('LANTAI_MQTT_PORT')),
    ...optional('username', username),
    ...optional('password', password),
    ...optional('caPath', get('LANTAI_MQTT_CA')),
    ...optional('certPath', certPath),
    ...optional('keyPath', keyPath),
    ...optional('clientCaPath', clientCaPath),
    clientId: need('LANTAI_MQTT_CLIENT_ID'),
  };
}

function gb26875Of(get: Get, need: (name: SettingName) => string): Settings['gb26875'] {
  const port = get('LANTAI_GB26875_PORT');
  return port === undefined ? undefined : { host: need('LANTAI_GB26875_HOST'), port: Number(port) };
}

/** Beyond this machine nobody is let in without credentials or a certificate, and nothing goes unencrypted. */
function requireGuard(q: {
  readonly url: string | undefined;
  readonly host: string;
  readonly certPath: string | undefined;
  readonly clientCaPath: string | undefined;
}): void {
  const { url, host, certPath, clientCaPath } = q;
  if (clientCaPath !== undefined && url !== undefined) {
    throw new WrongSetting(
      'LANTAI_MQTT_CLIENT_CA is for the embedded broker, and LANTAI_MQTT_URL names another one; set only one of them.',
    );
  }
  if (clientCaPath !== undefined && certPath === undefined) {
    throw new WrongSetting(
      'LANTAI_MQTT_CLIENT_CA needs LANTAI_MQTT_CERT and LANTAI_MQTT_KEY: certificates are shown over TLS.',
    );
  }
  if (url !== undefined || LOOPBACK.test(host) || certPath !== undefined) return;
  throw new WrongSetting(
    `LANTAI_MQTT_HOST is ${host}, beyond this machine: set LANTAI_MQTT_CERT and LANTAI_MQTT_KEY, and give each device a credential, a certificate (LANTAI_MQTT_CLIENT_CA), or all of them LANTAI_MQTT_USERNAME and LANTAI_MQTT_PASSWORD.`,
  );
}

/** The simulators have no certificate to show. */
function refuseSimulatorsWithoutCertificate(values: Values, simulate: boolean): void {
  if (!simulate || values.LANTAI_MQTT_CLIENT_CA === undefined) return;
  throw new WrongSetting(
    'LANTAI_MQTT_CLIENT_CA keeps the simulators out, as they have no certificate; set LANTAI_SIMULATE=off.',
  );
}

function influxOf(values: Values, sample: boolean): Settings['influx'] | undefined {
  const url = values.LANTAI_INFLUX_URL;
  if (url === undefined) return undefined;
  if (!/^https?:$/.test(new URL(url).protocol)) {
    throw new WrongSetting(
      `LANTAI_INFLUX_URL must begin with http:// or https://; it is "${redacted(url)}".`,
    );
  }
  return {
    url,
    database: values.LANTAI_INFLUX_DATABASE ?? (sample ? 'lantai_sample' : 'lantai'),
    ...optional('username', values.LANTAI_INFLUX_USERNAME),
    ...optional('password', values.LANTAI_INFLUX_PASSWORD),
    ...optional('token', values.LANTAI_INFLUX_TOKEN),
    ...optional('org', values.LANTAI_INFLUX_ORG),
  };
}

function smtpOf(values: Values): Settings['smtp'] | undefined {
  const url = values.LANTAI_SMTP_URL;
  if (url === undefined) return undefined;
  const from = values.LANTAI_SMTP_FROM;
  if (from === undefined) {
    throw new WrongSetting(
      'LANTAI_SMTP_FROM must be set with LANTAI_SMTP_URL: the sender of e-mails.',
    );
  }
  if (!URL.canParse(url) || !/^smtps?:$/.test(new URL(url).protocol)) {
    throw new WrongSetting('LANTAI_SMTP_URL must begin with smtp:// or smtps://.');
  }
  return { url, from };
}

function isOn(value: string): boolean {
  return value === 'on' || value === '1' || value === 'true';
}

/** A value for people to read: of an address only what follows its user name and password. */
function redacted(value: string): string {
  return value.replace(/^([a-z+]*:?\/\/)?.*@/is, '$1…@');
}

function optional<K extends string>(key: K, value: string | undefined): { [P in K]?: string } {
  return (value === undefined ? {} : { [key]: value }) as { [P in K]?: string };
}

/** How many letters differ (Levenshtein), for "did you mean". */
function distance(a: string, b: string): number {
  let row = Array.from({ length: b.length + 1 }, (_, i) => i);
  for (let i = 1; i <= a.length; i += 1) {
    const next = [i];
    for (let j = 1; j <= b.length; j += 1) {
      const change = (row[j - 1] ?? 0) + (a[i - 1] === b[j - 1] ? 0 : 1);
      next[j] = Math.min(change, (row[j] ?? 0) + 1, (next[j - 1] ?? 0) + 1);
    }
    row = next;
  }
  return row[b.length] ?? 0;
}
