/** Handing over from one duty shift to the next, and reading what was handed over. */

import { Type } from 'typebox';
import { alarmState, compareAlarms } from '../../../domain/alarm.ts';
import type { LiveSnapshot } from '../../../domain/api.ts';
import { HANDOVER_ALARMS_MAX, type Handover } from '../../../domain/handover.ts';
import { say } from '../../../domain/sentences.ts';
import type { Moment } from '../../../domain/time.ts';
import { refused } from '../errors.ts';
import { pageByTime } from '../paging.ts';
import type { HttpContext, Router } from '../router.ts';
import { inRepository, paging, period, strict, Text } from '../schemas.ts';
import { inSight, narrowScope, repositoryMeant } from '../scope.ts';
import { optionalMoment } from '../times.ts';

export function addHandoverRoutes(router: Router, context: HttpContext): void {
  addList(router, context);
  addWriting(router, context);
  addReading(router, context);
}

function addList(router: Router, { services }: HttpContext): void {
  router.add('GET /api/handovers', {
    summary: 'What was handed over, newest first',
    query: Type.Object({ ...inRepository, ...period, ...paging }, strict),
    handle: ({ principal, query }) => {
      const repositories = narrowScope(principal, query.repository);
      const from = optionalMoment(query.from, 'from');
      const until = optionalMoment(query.to, 'to');
      const place = { at: (one: Handover) => one.at, id: (one: Handover) => one.id };
      return pageByTime({ ...query, from, until }, place, (rows) =>
        services.queries.handovers({ ...rows, repositories }),
      );
    },
  });
}

function addWriting(router: Router, { services }: HttpContext): void {
  router.add('POST /api/handovers', {
    summary: 'Hand over: a note, with what is open, shelved and out of service now',
    status: 201,
    body: Type.Object({ ...inRepository, text: Text }, strict),
    handle: async ({ principal, body }): Promise<Handover> => {
      const repository = repositoryMeant(services.registry(), principal, body.repository);
      const at = services.now();
      const handover: Handover = {
        id: services.newId(),
        repository,
        by: principal.name,
        at,
        text: body.text.trim(),
        ...leftBehind(services.live.snapshot([repository]), at),
      };
      await store(services, handover, { by: handover.by, action: 'handover.written', at });
      return handover;
    },
  });
}

function addReading(router: Router, { services }: HttpContext): void {
  router.add('POST /api/handovers/:id/reading', {
    summary: 'Somebody of the next shift has read it',
    body: Type.Object({ comment: Type.Optional(Text) }, strict),
    handle: async ({ principal, params, body }): Promise<Handover> => {
      const known = inSight(principal, services.queries.handover(params['id'] ?? ''), 'handover');
      if (known.read) {
        throw refused(409, 'already', say('handover-read', { by: known.read.by }));
      }
      if (known.by === principal.name) {
        throw refused(422, 'not-allowed', say('handover-own'));
      }
      const read = { by: principal.name, at: services.now(), ...body };
      const handover = { ...known, read };
      await store(services, handover, { by: read.by, action: 'handover.read', at: read.at });
      return handover;
    },
  });
}

/** What the next shift finds, as it stands now. */
function leftBehind(
  snapshot: Pick<LiveSnapshot, 'alarms' | 'incidents' | 'outOfService'>,
  now: Moment,
): Pick<Handover, 'alarms' | 'alarmCount' | 'incidents' | 'outOfService'> {
  const alarms = [...snapshot.alarms].sort(compareAlarms);
  return {
    alarmCount: alarms.length,
    alarms: alarms.slice(0, HANDOVER_ALARMS_MAX).map((alarm) => ({
      id: alarm.id,
      title: alarm.title,
      priority: alarm.priority,
      state: alarmState(alarm, now),
      ...(alarm.assigned ? { assigned: alarm.assigned.to } : {}),
      ...(alarm.shelved && alarm.shelved.until > now ? { shelvedUntil: alarm.shelved.until } : {}),
    })),
    incidents: snapshot.incidents.map(({ id, title }) => ({ id, title })),
    outOfService: (snapshot.outOfService ?? []).map(({ subject, tag }) => ({
      subject: `${subject.kind}:${subject.id}`,
      tag,
    })),
  };
}

async function store(
  services: HttpContext['services'],
  handover: Handover,
  line: { readonly by: string; readonly action: string; readonly at: Moment },
): Promise<void> {
  const { id, repository, text, alarmCount, read } = handover;
  await services.writer.commit({
    puts: [{ table: 'handover', mode: 'upsert', row: handover }],
    journal: [
      {
        ...line,
        repository,
        subject: id,
        detail: { text, alarmCount, ...(read?.comment ? { comment: read.comment } : {}) },
      },
    ],
  });
}
