/** A house for one publisher: Lantai with its own repository file, and what is stored of it. */

import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { SensorView, SeriesView } from '../../../domain/api.ts';
import { clientOf, type Client } from '../client.ts';
import { connectDevice, say } from '../devices.ts';
import { startLantai, type Lantai } from '../lantai.ts';
import { until } from '../until.ts';

const HEAD = `repository: { id: sx, name: 试验档案馆, timezone: Asia/Shanghai }
rooms:
  - { id: r301, name: 301 纸质档案库, class: paper }
sensors:
  - { id: mark, room: r301, metrics: [temperature] }
`;

/** One stored reading. */
export interface Stored {
  readonly at: number;
  readonly value: number;
  readonly quality: number;
}

export interface House {
  readonly lantai: Lantai;
  readonly client: Client;
  /** Where publishers connect. */
  readonly brokerUrl: string;
  /** All stored readings of a series, oldest first. */
  stored(sensor: string, metric: string): Promise<readonly Stored[]>;
  sensor(id: string): Promise<SensorView>;
  /** Resolves when all that the broker got before is stored: a reading that was said after it is. */
  settled(): Promise<void>;
}

export interface Plan {
  readonly folder: string;
  /** Lines of the repository file: its sensors, with two spaces before each. */
  readonly sensors: string;
  /** Unset: the embedded broker. */
  readonly mqttUrl?: string;
  /** Unset: a free port for the embedded broker. */
  readonly mqttPort?: number;
}

/** Starts Lantai, again on the same data where it ran before, and waits until its broker is there. */
export async function startHouse(plan: Plan): Promise<House> {
  mkdirSync(plan.folder, { recursive: true });
  const repository = join(plan.folder, 'repository.yaml');
  writeFileSync(repository, HEAD + plan.sensors);
  const lantai = await startLantai({
    LANTAI_REPOSITORY: repository,
    LANTAI_DATA_DIR: join(plan.folder, 'data'),
    ...(plan.mqttUrl === undefined ? {} : { LANTAI_MQTT_URL: plan.mqttUrl }),
    ...(plan.mqttPort === undefined ? {} : { LANTAI_MQTT_PORT: String(plan.mqttPort) }),
  });
  const client = await clientOf(lantai.url);
  await until('the broker is connected', async () => {
    const { parts } = await client.get<{ parts: { ok: boolean }[] }>('/api/status');
    return parts.every((part) => part.ok);
  });
  const brokerUrl = plan.mqttUrl ?? lantai.mqttUrl;
  const stored = (sensor: string, metric: string) => storedOf(client, sensor, metric);
  return {
    lantai,
    client,
    brokerUrl,
    stored,
    sensor: async (id) => {
      const { items } = await client.get<{ items: SensorView[] }>('/api/sensors');
      const found = items.find((one) => one.id === `sx.${id}`);
      if (!found) throw new Error(`no sensor ${id}`);
      return found;
    },
    settled: async () => {
      const time = Date.now();
      const device = await connectDevice(brokerUrl);
      await say(device, 'lantai/sx/mark/telemetry', { time, temperature: 20 });
      device.end(true);
      await until('the mark is stored', async () => {
        const marks = await stored('mark', 'temperature');
        return marks.some(({ at }) => at === time);
      });
    },
  };
}

async function storedOf(client: Client, sensor: string, metric: string): Promise<Stored[]> {
  const range = `from=${Date.now() - 86_400_000}&to=${Date.now() + 3_600_000}`;
  const path = `/api/readings?sensor=sx.${sensor}&metric=${metric}&${range}`;
  const { columns, rows } = await client.get<SeriesView>(path);
  return rows.map((row) => {
    const column = (name: string): number => Number(row[columns.indexOf(name)]);
    return { at: column('at'), value: column('value'), quality: column('quality') };
  });
}
