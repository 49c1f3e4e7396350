/** An edge node of Sparkplug B: sparkplug-client as its own documentation uses it, behind a cable that can be cut. */

import { newClient, type PayloadOptions, type UPayload } from 'sparkplug-client';
import { until } from '../until.ts';
import { startWire } from './wire.ts';

export type Metric = NonNullable<UPayload['metrics']>[number];
type Devices = Readonly<Record<string, () => Metric[]>>;

export interface EdgeNode {
  /** How often its births were said. */
  births(): number;
  /** How often a host asked for them. */
  rebirthsAsked(): number;
  data(device: string, metrics: Metric[], at?: number): void;
  deviceDeath(device: string): void;
  /** The power fails: no word of farewell, and no way back before `powerOn()`. */
  powerOff(): void;
  powerOn(): void;
  close(): Promise<void>;
}

/** Starts it, with the births of its devices as they are when it is born; resolves when it is born. */
export async function startNode(plan: {
  readonly brokerUrl: string;
  readonly node: string;
  readonly devices: Devices;
  readonly options?: PayloadOptions;
}): Promise<EdgeNode> {
  const wire = await startWire(plan.brokerUrl);
  const client = newClient({
    serverUrl: wire.url,
    username: '',
    password: '',
    groupId: 'Archive',
    edgeNode: plan.node,
    clientId: `node-${plan.node}`,
    keepalive: 30,
    mqttOptions: { reconnectPeriod: 100 },
  });
  let births = 0;
  let asked = 0;
  const beBorn = (): void => {
    const timestamp = Date.now();
    const control: Metric = { name: 'Node Control/Rebirth', type: 'Boolean', value: false };
    client.publishNodeBirth({ timestamp, metrics: [control] }, plan.options);
    for (const [device, metrics] of Object.entries(plan.devices)) {
      client.publishDeviceBirth(device, { timestamp, metrics: metrics() }, plan.options);
    }
    births += 1;
  };
  client.on('birth', beBorn);
  client.on('ncmd', ({ metrics }) => {
    const isRebirth = metrics?.some((one) => one.name === 'Node Control/Rebirth' && one.value);
    if (isRebirth !== true) return;
    asked += 1;
    beBorn();
  });
  client.on('error', () => undefined);
  await until('the node is born', () => births > 0);
  return {
    births: () => births,
    rebirthsAsked: () => asked,
    data: (device, metrics, at = Date.now()) =>
      client.publishDeviceData(device, { timestamp: at, metrics }, plan.options),
    deviceDeath: (device) => client.publishDeviceDeath(device, { timestamp: Date.now() }),
    powerOff: () => wire.cut(),
    powerOn: () => wire.mend(),
    close: async () => {
      client.stop();
      await wire.close();
    },
  };
}
