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
      commented: 'alarm commented',
      reset: 'alarm reset',
      shelved: 'alarm shelved',
      unshelved: 'shelving ended',
    },
    assessment: { entered: 'manual indicator entered', made: 'assessment made' },
    channel: { tested: 'channel tested' },
    demonstration: { played: 'demonstration played', stopped: 'demonstration stopped' },
    escalation: { exhausted: 'everybody told, nobody acknowledged' },
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
    session: { closed: 'signed out', opened: 'signed in', refused: 'sign-in refused' },
    spool: { thinned: 'spool thinned' },
    structure: { applied: 'repository file applied' },
    telling: {
      'fell-back': 'others told instead',
      'nobody-reachable': 'nobody of the role reachable',
    },
    token: { created: 'token made', revoked: 'token revoked' },
  },
};
