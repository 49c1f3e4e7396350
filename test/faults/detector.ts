/** A smoke detector with its own session, and what becomes of what it says. */

import { connect } from 'mqtt';

export interface Said {
  readonly sensor: string;
  readonly at: number;
  /** When it was acknowledged; `undefined`: not yet. */
  acknowledgedAt: number | undefined;
}

export interface Detectors {
  /** Says it with QoS 1, and does not wait. */
  say(sensor: string, smoke: 0 | 1): Said;
  all(): readonly (Said & { readonly value: 0 | 1 })[];
  close(): Promise<void>;
}

/** Connects; comes back by itself and repeats what was not acknowledged. */
export async function connectDetectors(broker: string, repository: string): Promise<Detectors> {
  const client = connect(broker, {
    clientId: 'faults-detectors',
    clean: false,
    reconnectPeriod: 200,
  });
  client.on('error', () => undefined);
  await new Promise<void>((resolve) => client.once('connect', () => resolve()));
  const all: (Said & { readonly value: 0 | 1 })[] = [];
  let last = 0;
  return {
    say: (sensor, smoke) => {
      // Two words of one detector in the same millisecond would be one reading.
      const at = Math.max(Date.now(), last + 1);
      last = at;
      const said: Said & { readonly value: 0 | 1 } = {
        sensor,
        at,
        value: smoke,
        acknowledgedAt: undefined,
      };
      all.push(said);
      const topic = `lantai/${repository}/${sensor}/telemetry`;
      client.publish(topic, JSON.stringify({ time: at, smoke }), { qos: 1 }, (error) => {
        if (!error) said.acknowledgedAt = Date.now();
      });
      return said;
    },
    all: () => all,
    close: async () => {
      await client.endAsync(true);
    },
  };
}
