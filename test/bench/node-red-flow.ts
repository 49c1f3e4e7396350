/** The peer's flow and settings: what a user builds in Node-RED for the same work, as files of its user folder. */

import { writeFileSync } from 'node:fs';
import { join } from 'node:path';

/** Where a message says that the subscriptions are in force; apart from the measured path. */
export const PROBE_TOPIC = 'bench/probe';

const MESSAGES_OF_A_BATCH = 1_000;
const BATCH_SECONDS_MAX = 0.2;

/**
 * Two points a message, with the tags and the time that a reading has. In one message for both, which goes through the
 * join once: the form that cost this peer less in long runs (decision 17).
 */
const TO_POINTS = `
const { time, temperature, humidity } = msg.payload;
const [, repository, sensor] = msg.topic.split('/');
const point = (metric, value) => ({
  measurement: 'reading',
  fields: { value },
  tags: { repository, sensor, metric },
  timestamp: time,
});
msg.payload = [point('temperature', temperature), point('humidity', humidity)];
return msg;
`;

/** Once a batch, so that counting costs the peer nothing; the points of all its messages become one list. */
const COUNT = `
global.get('bench').take(msg.payload.length);
msg.payload = msg.payload.flat();
return msg;
`;

const HEARD = `
global.get('bench').heard();
return null;
`;

/**
 * Speaks to the benchmark as its other helpers do. No editor, no administration, no diagnostics, no telemetry:
 * nothing takes time from the flow.
 */
const SETTINGS = `
let count = 0;
let wanted = Infinity;
let listening = false;
process.on('disconnect', () => process.exit(0));
process.on('message', (order) => {
  if (order.kind !== 'count') return;
  count = 0;
  wanted = order.messages;
});
const bench = {
  take: (messages) => {
    count += messages;
    if (count < wanted) return;
    wanted = Infinity;
    process.send({ kind: 'counted', at: Date.now() });
  },
  heard: () => {
    if (!listening) process.send({ kind: 'listening', port: 0 });
    listening = true;
  },
};
module.exports = {
  flowFile: 'flows.json',
  credentialSecret: false,
  httpAdminRoot: false,
  httpNodeRoot: false,
  diagnostics: { enabled: false },
  telemetry: { enabled: false, updateNotification: false },
  externalModules: { autoInstall: false, palette: { allowInstall: false } },
  functionExternalModules: false,
  functionGlobalContext: { bench },
  logging: { console: { level: 'warn', metrics: false, audit: false } },
};
`;

export interface NodeRedPorts {
  readonly mqttPort: number;
  readonly influxPort: number;
  readonly database: string;
}

/** Writes `settings.js` and `flows.json` into the folder. */
export function writeNodeRedFolder(folder: string, q: NodeRedPorts): void {
  writeFileSync(join(folder, 'package.json'), '{"type":"commonjs","private":true}\n');
  writeFileSync(join(folder, 'settings.js'), SETTINGS);
  writeFileSync(join(folder, 'flows.json'), `${JSON.stringify(flow(q), null, 2)}\n`);
}

/** mqtt in -> function -> join 1,000 or 0.2 s -> (count) -> influxdb batch. */
function flow(q: NodeRedPorts): readonly object[] {
  return [
    { id: FLOW, type: 'tab', label: 'bench', disabled: false },
    brokerNode(q),
    influxNode(q),
    mqttIn('n-in', 'lantai/+/+/telemetry', 'n-points'),
    functionNode('n-points', TO_POINTS, ['n-join']),
    {
      ...{ ...placed('n-join'), type: 'join', mode: 'custom', build: 'array', accumulate: false },
      ...{ property: 'payload', propertyType: 'msg', key: 'topic', useparts: false },
      ...{ joiner: '\\n', joinerType: 'str', reduceRight: false },
      count: String(MESSAGES_OF_A_BATCH),
      timeout: String(BATCH_SECONDS_MAX),
      wires: [['n-count']],
    },
    functionNode('n-count', COUNT, ['n-batch']),
    {
      ...{ ...placed('n-batch'), type: 'influxdb batch', influxdb: INFLUX, precision: 'ms' },
      ...{ retentionPolicy: '', wires: [] },
    },
    // After the measured one, so that what is heard here says that both are subscribed.
    mqttIn('n-probe', PROBE_TOPIC, 'n-heard'),
    functionNode('n-heard', HEARD, []),
  ];
}

const FLOW = 'n-flow';
const BROKER = 'n-broker';
const INFLUX = 'n-influx';

/** What has no place on the canvas would be taken for a configuration. */
const placed = (id: string) => ({ id, z: FLOW, x: 100, y: 100 });

const functionNode = (id: string, code: string, to: readonly string[]) => ({
  ...{ ...placed(id), type: 'function', func: code.trim(), outputs: 1, timeout: 0, noerr: 0 },
  ...{ initialize: '', finalize: '', libs: [], wires: [to] },
});

const mqttIn = (id: string, topic: string, to: string) => ({
  ...{ ...placed(id), type: 'mqtt in', broker: BROKER, topic, qos: '1', datatype: 'json' },
  ...{ nl: false, rap: true, rh: 0, inputs: 0, wires: [[to]] },
});

/** A persistent session of MQTT 3.1.1, as ours and the floor's. */
const brokerNode = ({ mqttPort }: NodeRedPorts) => ({
  ...{ id: BROKER, type: 'mqtt-broker', name: 'broker', broker: '127.0.0.1' },
  ...{ port: String(mqttPort), clientid: 'bench-node-red', cleansession: false },
  ...{ autoConnect: true, usetls: false, protocolVersion: '4', keepalive: '60' },
});

const influxNode = ({ influxPort, database }: NodeRedPorts) => ({
  ...{ id: INFLUX, type: 'influxdb', name: 'influx', hostname: '127.0.0.1' },
  ...{ port: String(influxPort), protocol: 'http', usetls: false, database },
  influxdbVersion: '1.x',
});
