/** Where a topic leads: to a sensor, a door, a status, a device profile, or nowhere, with the reason. */

import type { Calibration } from '../../domain/devices.ts';
import type { Way } from '../profiles/compile.ts';
import type { Use } from '../profiles/uses.ts';
import type { Refusal } from './draft.ts';
import type { MetricState, SourceState } from './state.ts';

export interface ProfiledRoute {
  readonly kind: 'profiled';
  readonly uses: readonly { readonly use: Use; readonly ways: readonly Way[] }[];
  /** The topic as the profiles know it. */
  readonly topic: string;
}

interface RouteOf {
  readonly repository: string;
  readonly simulated: boolean;
  readonly room: string;
  /** Local id. */
  readonly id: string;
  readonly source: SourceState;
}
export interface TelemetryRoute extends RouteOf {
  readonly kind: 'telemetry';
  /** The declared metrics by field name. */
  readonly fields: ReadonlyMap<string, MetricState>;
  /** Absent: none of its metrics was ever calibrated. */
  readonly calibrations?: readonly Calibration[];
}
export interface AccessRoute extends RouteOf {
  readonly kind: 'access';
}
export interface StatusRoute {
  readonly kind: 'status';
  readonly repository: string;
  readonly id: string;
}
export interface RefusedRoute {
  readonly kind: 'refused';
  readonly repository?: string;
  readonly refusal: Refusal;
  /** Not one of ours by its topic: somebody may know it as a device. */
  readonly foreign?: boolean;
}
export type Route =
  | ProfiledRoute
  | TelemetryRoute
  | AccessRoute
  | StatusRoute
  | RefusedRoute
  /** Ours, or the broker's own: nothing to take in. */
  | { readonly kind: 'ignored' };

/** Where the memory of a source is found, or made. */
export type Sources = (qualified: string) => SourceState;
