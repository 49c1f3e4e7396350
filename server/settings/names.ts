/** Every setting: its name, how it is read, its default and what it means. `.env.example` is made from it. */

export type SettingKind =
  | 'text'
  | 'secret'
  | 'port'
  | 'path'
  | 'url'
  | 'switch' // on, off
  | 'level'; // of the program's log

export interface SettingDefinition {
  readonly name: string;
  readonly kind: SettingKind;
  readonly default?: string;
  readonly meaning: string;
}

export const SETTINGS = [
  {
    name: 'LANTAI_HTTP_HOST',
    kind: 'text',
    default: '127.0.0.1',
    meaning: 'Address of dashboard, API and live feed.',
  },
  {
    name: 'LANTAI_HTTP_PORT',
    kind: 'port',
    default: '8080',
    meaning: 'Port of dashboard, API and live feed.',
  },
  {
    name: 'LANTAI_HTTP_TLS_CERT',
    kind: 'path',
    meaning:
      'PEM certificate for HTTPS; beyond loopback this or LANTAI_TRUST_PROXY with an https LANTAI_PUBLIC_URL is required.',
  },
  { name: 'LANTAI_HTTP_TLS_KEY', kind: 'path', meaning: 'PEM key of that certificate.' },
  {
    name: 'LANTAI_TRUST_PROXY',
    kind: 'text',
    default: 'off',
    meaning:
      'on: a reverse proxy on this machine does HTTPS, and what it says of the caller (X-Forwarded-For, -Host, -Proto) is believed, so only it may reach the port. An address of it counts as on.',
  },
  {
    name: 'LANTAI_PUBLIC_URL',
    kind: 'url',
    meaning: 'The address people type, such as https://lantai.example.org.',
  },
  {
    name: 'LANTAI_MQTT_URL',
    kind: 'url',
    meaning: 'mqtt:// or mqtts:// broker to subscribe to; unset: the embedded broker.',
  },
  {
    name: 'LANTAI_MQTT_HOST',
    kind: 'text',
    default: '127.0.0.1',
    meaning:
      'Address of the embedded broker; beyond loopback it requires TLS, and credentials or certificates of devices.',
  },
  {
    name: 'LANTAI_MQTT_PORT',
    kind: 'port',
    default: '1883',
    meaning: 'Port of the embedded broker.',
  },
  {
    name: 'LANTAI_GB26875_HOST',
    kind: 'text',
    default: '127.0.0.1',
    meaning:
      'Address of the listener for fire alarm transmitters (GB/T 26875.3). The standard knows no encryption: keep it in a network of its own.',
  },
  {
    name: 'LANTAI_GB26875_PORT',
    kind: 'port',
    meaning: 'Port of that listener; unset: there is none.',
  },
  {
    name: 'LANTAI_MQTT_USERNAME',
    kind: 'text',
    meaning:
      'User name at the broker, or one that all devices may share at the embedded broker; better give each its own.',
  },
  { name: 'LANTAI_MQTT_PASSWORD', kind: 'secret', meaning: 'Password to it.' },
  {
    name: 'LANTAI_MQTT_CA',
    kind: 'path',
    meaning: 'PEM file of the authority to trust at an external broker.',
  },
  {
    name: 'LANTAI_MQTT_CERT',
    kind: 'path',
    meaning: 'PEM certificate: ours at an external broker, or that of the embedded broker.',
  },
  { name: 'LANTAI_MQTT_KEY', kind: 'path', meaning: 'PEM key of that certificate.' },
  {
    name: 'LANTAI_MQTT_CLIENT_CA',
    kind: 'path',
    meaning:
      'PEM file of the authority that signs the certificates of devices; the embedded broker then lets in only who has one, by its common name.',
  },
  {
    name: 'LANTAI_MQTT_CLIENT_ID',
    kind: 'text',
    default: 'lantai',
    meaning: 'Keeps our session at an external broker; a second one ends in -safety.',
  },
  {
    name: 'LANTAI_INFLUX_URL',
    kind: 'url',
    meaning: 'InfluxDB 1.x, 2.x or 3.x (detected); unset: the embedded store.',
  },
  {
    name: 'LANTAI_INFLUX_DATABASE',
    kind: 'text',
    meaning: 'Database (1.x) or bucket; default lantai, or lantai_sample with the sample.',
  },
  { name: 'LANTAI_INFLUX_USERNAME', kind: 'text', meaning: 'User name (1.x).' },
  { name: 'LANTAI_INFLUX_PASSWORD', kind: 'secret', meaning: 'Password (1.x).' },
  { name: 'LANTAI_INFLUX_TOKEN', kind: 'secret', meaning: 'Token (2.x, 3.x).' },
  { name: 'LANTAI_INFLUX_ORG', kind: 'text', meaning: 'Organisation (2.x).' },
  {
    name: 'LANTAI_DATABASE_URL',
    kind: 'url',
    meaning: 'PostgreSQL, once it is supported; unset: SQLite in the data folder.',
  },
  {
    name: 'LANTAI_DATA_DIR',
    kind: 'path',
    default: './data',
    meaning: 'Everything that is kept on this machine.',
  },
  {
    name: 'LANTAI_REPOSITORY',
    kind: 'path',
    meaning: 'YAML file that describes the repositories; unset: the sample archive.',
  },
  {
    name: 'LANTAI_SIMULATE',
    kind: 'switch',
    meaning: 'Simulators, on or off; default on with the sample, else off.',
  },
  {
    name: 'LANTAI_ADMIN_PASSWORD',
    kind: 'secret',
    meaning: 'Password of the first administrator "admin"; used only while there is none.',
  },
  {
    name: 'LANTAI_SMTP_URL',
    kind: 'secret',
    meaning: 'E-mail server, such as smtps://user:password@mail.example.org.',
  },
  { name: 'LANTAI_SMTP_FROM', kind: 'text', meaning: 'Sender of e-mails.' },
  {
    name: 'LANTAI_WEBHOOK_TEMPLATE',
    kind: 'path',
    meaning: 'YAML file that shapes webhook requests, for an SMS gateway for example.',
  },
  {
    name: 'LANTAI_LOG_LEVEL',
    kind: 'level',
    default: 'info',
    meaning: 'fatal, error, warn, info, debug, trace or silent.',
  },
  {
    name: 'LANTAI_TEST_INSTALL',
    kind: 'switch',
    meaning: '0 forbids npm test to install missing servers; not read by the server.',
  },
] as const satisfies readonly SettingDefinition[];

export type SettingName = (typeof SETTINGS)[number]['name'];
