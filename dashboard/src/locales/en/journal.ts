/** What the journal records; the keys are its codes. */
import type { Texts } from '../texts.ts';

export const journal: Pick<Texts, 'journalAction'> = {
  journalAction: {
    account: {
      changed: 'account changed',
      created: 'account made',
      'password-reset': 'password set anew',
      removed: 'account removed',
    },
    alarm: {
      acknowledged: 'alarm acknowledged',
      assigned: 'alarm assigned',
      closed: 'orphaned alarm closed',
      commented: 'alarm commented',
      reset: 'alarm reset',
      shelved: 'alarm shelved',
      unshelved: 'shelving ended',
    },
    assessment: { entered: 'manual indicator entered', made: 'assessment made' },
    calibration: { entered: 'calibration entered' },
    channel: { tested: 'channel tested' },
    demonstration: { played: 'demonstration played', stopped: 'demonstration stopped' },
    'device-credential': {
      created: 'device credential made',
      disabled: 'device credential disabled',
      renewed: 'device secret made anew',
    },
    door: {
      adopted: 'door adopted',
      changed: 'door changed',
      rebound: 'door bound to another device',
      retired: 'door retired',
    },
    escalation: { exhausted: 'everybody told, nobody acknowledged' },
    handover: { written: 'handed over', read: 'handover read' },
    incident: {
      acknowledged: 'incident acknowledged',
      closed: 'incident closed',
      'level-set': 'response level changed',
      opened: 'emergency plan started',
      'step-recorded': 'step recorded',
    },
    job: { failed: 'job failed', missed: 'job missed' },
    limit: { changed: 'limit changed' },
    password: {
      changed: 'own password changed',
      refused: 'password change refused',
      reset: 'password reset by command',
    },
    person: {
      added: 'person to tell added',
      changed: 'person to tell changed',
      retired: 'person to tell retired',
    },
    profile: {
      added: 'device profile added',
      changed: 'device profile changed',
      removed: 'device profile removed',
    },
    'profile-use': { added: 'device profile put to use', retired: 'device profile no longer used' },
    quarantine: { retried: 'quarantine tried again' },
    sensor: {
      adopted: 'sensor adopted',
      changed: 'sensor changed',
      rebound: 'sensor bound to another device',
      retired: 'sensor retired',
    },
    service: { 'taken-out': 'taken out of service', returned: 'returned to service' },
    session: { closed: 'signed out', opened: 'signed in', refused: 'sign-in refused' },
    spool: { thinned: 'spool thinned' },
    standards: { chosen: 'standards of a room chosen' },
    structure: { applied: 'repository file applied' },
    telling: {
      'fell-back': 'others told instead',
      'nobody-reachable': 'nobody of the role reachable',
    },
    token: { created: 'token made', revoked: 'token revoked' },
  },
};
