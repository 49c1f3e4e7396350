/** Registries, messages and connections for the gateway's tests. */

import { connect, type MqttClient, type IClientOptions } from 'mqtt';
import type { RawMessage } from '../../../domain/intake.ts';
import type { MetricName } from '../../../domain/metrics.ts';
import { EMPTY_REGISTRY, type Door, type Registry, type Sensor } from '../../../domain/registry.ts';
import { createIntake, type Intake } from '../../../gateway/index.ts';

export const NOW = Date.UTC(2026, 10, 22, 3, 0, 0);

export const quiet = { info() {}, warn() {}, error() {} };

const sensor = (id: string, metrics: MetricName[], more: Partial<Sensor> = {}): Sensor => ({
  repository: 'sx',
  id,
  room: 'r301',
  metrics,
  ...more,
});
const door = (id: string, more: Partial<Door> = {}): Door => ({
  repository: 'sx',
  id,
  room: 'r301',
  ...more,
});
const byId = <T extends { repository: string; id: string }>(...things: T[]): Map<string, T> =>
  new Map(things.map((thing) => [`${thing.repository}.${thing.id}`, thing]));

export const REGISTRY: Registry = {
  ...EMPTY_REGISTRY,
  repositories: new Map([
    ['sx', { id: 'sx', name: '山西省档案馆', timezone: 'Asia/Shanghai' }],
    ['demo', { id: 'demo', name: '示例', timezone: 'Asia/Shanghai', simulated: true }],
  ]),
  devices: byId({ repository: 'sx', id: 'gw-3' }),
  sensors: byId(
    sensor('th-1', ['temperature', 'humidity']),
    sensor('sm-1', ['smoke', 'heat', 'battery']),
    sensor('old', ['temperature'], { retiredAt: 1 }),
    sensor('th-d', ['temperature'], { repository: 'demo' }),
  ),
  doors: byId(door('d301'), door('d-old', { retiredAt: 1 })),
};

let quarantined = 0;
export const newIntake = (registry: Registry = REGISTRY): Intake =>
  createIntake({ registry: () => registry, newId: () => `q${++quarantined}` });

/** A message to a sensor's topic; an object becomes JSON, text and bytes go as they are. */
export function telemetry(
  payload: object | string | Uint8Array,
  more: Partial<RawMessage> & { readonly thing?: string } = {},
): RawMessage {
  const { thing = 'th-1', ...rest } = more;
  return message(`lantai/sx/${thing}/telemetry`, payload, rest);
}

export function access(payload: object | string, more: Partial<RawMessage> = {}): RawMessage {
  return message('lantai/sx/d301/access', payload, more);
}

export function message(
  topic: string,
  payload: object | string | Uint8Array,
  more: Partial<RawMessage> = {},
): RawMessage {
  const bytes =
    payload instanceof Uint8Array
      ? payload
      : Buffer.from(typeof payload === 'string' ? payload : JSON.stringify(payload));
  return { topic, payload: bytes, retain: false, receivedAt: NOW, ...more };
}

export async function client(port: number, options: IClientOptions = {}): Promise<MqttClient> {
  const made = connect(`mqtt://127.0.0.1:${port}`, { reconnectPeriod: 0, ...options });
  await new Promise<void>((resolve, reject) => {
    made.once('connect', () => resolve());
    made.once('error', reject);
  });
  return made;
}
