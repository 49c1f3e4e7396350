/** What a role may see and do on screen. The server decides; this only keeps dead ends out of the way. */

import type { Role } from '../../../domain/account.ts';
import type { Alarm } from '../../../domain/alarm.ts';

export const ABILITIES = {
  watch: ['manager', 'duty', 'inspector', 'observer'],
  /** Whoever the live feed lets in. */
  feed: ['manager', 'duty', 'inspector', 'observer', 'administrator'],
  acknowledge: ['manager', 'duty'],
  comment: ['manager', 'duty'],
  /** The duty officer where the rule lets them: `mayShelve`. */
  shelve: ['manager', 'duty'],
  reset: ['manager'],
  /** How many alarms people get. */
  seePerformance: ['manager', 'duty', 'inspector'],
  assign: ['manager', 'duty'],
  closeOrphan: ['manager'],
  takeOutOfService: ['manager'],
  handOver: ['manager', 'duty'],
  workIncident: ['manager', 'duty'],
  assess: ['manager', 'inspector'],
  seeDrafts: ['manager', 'inspector'],
  enterIndicator: ['inspector'],
  changeLimits: ['manager'],
  chooseStandards: ['manager'],
  tryRules: ['manager', 'inspector'],
  backtest: ['manager'],
  seeJournal: ['auditor', 'inspector', 'manager'],
  seeQuarantine: ['manager', 'inspector'],
  /** Unknown devices, profiles, calibrations. */
  seeDevices: ['manager', 'inspector'],
  manageDevices: ['manager'],
  manageCredentials: ['manager', 'administrator'],
  administer: ['administrator'],
  people: ['administrator', 'manager'],
  demonstrate: ['manager', 'duty', 'administrator'],
} as const satisfies Record<string, readonly Role[]>;

export type Ability = keyof typeof ABILITIES;

export function may(roles: readonly Role[], ability: Ability): boolean {
  const allowed: readonly Role[] = ABILITIES[ability];
  return roles.some((role) => allowed.includes(role));
}

/** Whether one with these roles may shelve this alarm; ending it they may then, too. */
export function mayShelve(
  roles: readonly Role[],
  { safety, shelvedBy }: Pick<Alarm, 'safety' | 'shelvedBy'>,
): boolean {
  if (safety || shelvedBy === 'nobody') return false;
  return roles.includes('manager') || (shelvedBy === 'duty' && may(roles, 'shelve'));
}
