/** What a handler says of the list that a source keeps of its devices, compiled. */

import { say } from '../../domain/sentences.ts';
import {
  conditionsOf,
  pathsOf,
  ProfileProblem,
  textsOf,
  type At,
  type Condition,
} from './compile-parts.ts';
import type { Path } from './path.ts';
import type { HandlerEntry, ProfileDocument } from './schema.ts';

export interface ListRule {
  readonly hardware: readonly Path[];
  readonly model: readonly Path[];
  readonly manufacturer: readonly Path[];
  readonly description: readonly Path[];
  readonly properties: readonly Path[];
  /** Empty: none is. */
  readonly skipWhen: readonly Condition[];
  readonly disabledWhen: readonly Condition[];
  readonly unfinishedWhen: readonly Condition[];
  /** Metrics by the path that a reading of the profile has. */
  readonly metricOf: ReadonlyMap<string, string>;
}

/** `undefined`: the handler is of no such list. */
export function listOfDevices(
  handler: HandlerEntry,
  document: ProfileDocument,
  q: { readonly isOneTopic: boolean; readonly at: At },
): ListRule | undefined {
  const entry = handler.deviceList;
  if (!entry) return undefined;
  const at = [...q.at, 'deviceList'];
  // Two lists under one name would each call the devices of the other gone.
  if (!q.isOneTopic || handler.each === undefined) {
    throw new ProfileProblem(at, say('device-list-topic'));
  }
  const paths = (key: 'hardware' | 'model' | 'manufacturer' | 'description' | 'properties') =>
    pathsOf(entry[key], [...at, key]);
  const when = (key: 'skipWhen' | 'disabledWhen' | 'unfinishedWhen') =>
    conditionsOf(entry[key], [...at, key]);
  const metricOf = new Map<string, string>();
  for (const handler of document.handlers) {
    if (!('readings' in handler)) continue;
    for (const { path, metric } of handler.readings ?? []) {
      for (const text of textsOf(path)) metricOf.set(text, metric);
    }
  }
  return {
    hardware: paths('hardware'),
    model: paths('model'),
    manufacturer: paths('manufacturer'),
    description: paths('description'),
    properties: paths('properties'),
    skipWhen: when('skipWhen'),
    disabledWhen: when('disabledWhen'),
    unfinishedWhen: when('unfinishedWhen'),
    metricOf,
  };
}
