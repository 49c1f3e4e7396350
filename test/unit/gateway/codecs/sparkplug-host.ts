/** A Sparkplug host that hears one node, for the tests. */

import { sparkplugB } from '../../../../gateway/profiles/codecs/sparkplug-b.ts';
import { readPayload } from '../../../../gateway/profiles/codecs/sparkplug-payload.ts';
import type { ProfileOutput } from '../../../../gateway/profiles/output.ts';
import { inputOf, NOW, sparkplug, type MetricToSend } from './support.ts';

export const T = NOW - 60_000;
export const INT32 = 3;
export const FLOAT = 9;
export const BOOLEAN = 11;
export const bdSeq = (int: number): MetricToSend => ({ name: 'bdSeq', datatype: 8, int });
export const temperature: MetricToSend = {
  name: 'Env/Temperature',
  alias: 10,
  timestamp: T,
  datatype: FLOAT,
  float: 18.6,
  unit: '°C',
};
export const smoke: MetricToSend = {
  name: 'Fire/Smoke',
  alias: 12,
  timestamp: T,
  datatype: BOOLEAN,
  bool: false,
};

/** The node that the host hears, among others. */
export const branch = { device: 'A/gw1', topics: 'spBv1.0/A/+/gw1/#' };

/** A host that hears one node, `A/gw1`, and its device `s3`. */
export function host(variables: Readonly<Record<string, string>> = {}) {
  const memory = sparkplugB.newMemory();
  let at = NOW;
  const hear = (topic: string, payload: Uint8Array): ProfileOutput => {
    at += 1_000;
    return sparkplugB.decode(inputOf(payload, { topic, receivedAt: at, variables }), memory);
  };
  const say =
    (type: string, device = '') =>
    (given: Parameters<typeof sparkplug>[0]): ProfileOutput =>
      hear(`spBv1.0/A/${type}/gw1${device}`, sparkplug({ timestamp: T, ...given }));
  return {
    memory,
    hear,
    wait: (ms: number) => (at += ms),
    nbirth: say('NBIRTH'),
    ndata: say('NDATA'),
    ndeath: say('NDEATH'),
    dbirth: say('DBIRTH', '/s3'),
    ddata: say('DDATA', '/s3'),
    ddeath: say('DDEATH', '/s3'),
  };
}

/** The same, with the births said: the next number is 2. */
export function born(variables: Readonly<Record<string, string>> = {}) {
  const heard = host(variables);
  heard.nbirth({ seq: 0, metrics: [bdSeq(7)] });
  heard.dbirth({ seq: 1, metrics: [temperature, smoke] });
  return heard;
}

export const asksRebirth = (output: ProfileOutput): boolean =>
  (output.replies ?? []).some(({ topic, payload }) => {
    const metric = readPayload(payload)?.metrics[0];
    return (
      topic === 'spBv1.0/A/NCMD/gw1' &&
      metric?.name === 'Node Control/Rebirth' &&
      metric.datatype === BOOLEAN &&
      metric.value?.kind === 'boolean' &&
      metric.value.value
    );
  });
