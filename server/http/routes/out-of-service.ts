/** Taking sensors, doors and devices out of service (停用挂牌), and returning them; see `domain/out-of-service.ts`. */

import { Type } from 'typebox';
import { mayEnter, type Principal } from '../../../domain/account.ts';
import { qualify, splitQualified } from '../../../domain/ids.ts';
import {
  SAFETY_REVIEW_MS_MAX,
  SERVICE_KINDS,
  serviceKey,
  type OutOfService,
} from '../../../domain/out-of-service.ts';
import { PERSON_ROLES, type Person } from '../../../domain/registry.ts';
import { say } from '../../../domain/sentences.ts';
import { HOUR_MS, type Moment } from '../../../domain/time.ts';
import { invalid, notFound, refused } from '../errors.ts';
import { pageOfAll } from '../paging.ts';
import type { HttpContext, Router } from '../router.ts';
import { AnyId, inRepository, MomentBody, paging, strict, Text } from '../schemas.ts';
import { assertInSight, inSight, narrowScope } from '../scope.ts';
import { optionalMoment } from '../times.ts';

/** Who may stand by as the second person. */
const SECONDS: ReadonlySet<Person['role']> = new Set(
  PERSON_ROLES.filter((role) => role !== 'duty'),
);

const NewFact = Type.Object(
  {
    subject: Type.Object({ kind: Type.Enum([...SERVICE_KINDS]), id: AnyId }, strict),
    rule: Type.Optional(Type.String({ minLength: 1, maxLength: 60 })),
    reason: Text,
    tag: Type.String({ minLength: 1, maxLength: 60, pattern: '\\S' }),
    /** Qualified id of a person. */
    second: Type.Optional(AnyId),
    reviewAt: Type.Optional(MomentBody),
  },
  strict,
);

export function addServiceRoutes(router: Router, context: HttpContext): void {
  addList(router, context);
  addTakingOut(router, context);
  addReturn(router, context);
}

function addList(router: Router, { services }: HttpContext): void {
  router.add('GET /api/out-of-service', {
    summary: 'What is out of service, newest first; with "state" returned, what was',
    query: Type.Object(
      {
        state: Type.Optional(Type.Enum(['standing', 'returned'])),
        ...inRepository,
        ...paging,
      },
      strict,
    ),
    handle: ({ principal, query }) => {
      const scope = narrowScope(principal, query.repository);
      const standing = query.state !== 'returned';
      const all = services.queries
        .outOfService()
        .filter(({ repository }) => scope === '*' || scope.includes(repository))
        .filter((fact) => (fact.returned === undefined) === standing)
        .toSorted((a, b) => b.at - a.at);
      return pageOfAll(all, query);
    },
  });
}

function addTakingOut(router: Router, { services }: HttpContext): void {
  // Between looking and storing: two at once must not both stand.
  const underWay = new Set<string>();
  router.add('POST /api/out-of-service', {
    summary: 'Take a sensor, door, device, or one rule on it, out of service',
    status: 201,
    body: NewFact,
    handle: async ({ principal, body }): Promise<OutOfService> => {
      assertInSight(principal, body.subject.id, body.subject.kind);
      const { repository = '', id = '' } = splitQualified(body.subject.id) ?? {};
      const about = {
        repository,
        subject: { kind: body.subject.kind, id },
        ...(body.rule === undefined ? {} : { rule: body.rule }),
      };
      const safety = safetyOf(services, about);
      const fact: OutOfService = {
        ...about,
        id: services.newId(),
        by: principal.name,
        at: services.now(),
        reason: body.reason.trim(),
        tag: body.tag.trim(),
        ...secondOf(services, { principal, second: body.second, repository, safety }),
        ...reviewOf(body.reviewAt, { now: services.now(), safety }),
      };
      const key = serviceKey(fact);
      const stands = services.queries
        .outOfService()
        .some((other) => !other.returned && serviceKey(other) === key);
      if (stands || underWay.has(key)) {
        throw refused(409, 'already', say('service-already'));
      }
      underWay.add(key);
      try {
        await store(services, fact, { by: fact.by, action: 'service.taken-out', at: fact.at });
      } finally {
        underWay.delete(key);
      }
      return fact;
    },
  });
}

function addReturn(router: Router, { services }: HttpContext): void {
  router.add('POST /api/out-of-service/:id/return', {
    summary: 'Return it to service',
    body: Type.Object({ note: Type.Optional(Text) }, strict),
    handle: async ({ principal, params, body }): Promise<OutOfService> => {
      const all = services.queries.outOfService();
      const known = inSight(
        principal,
        all.find((fact) => fact.id === params['id']),
        'out-of-service fact',
      );
      if (known.returned) {
        throw refused(409, 'already', say('service-returned'));
      }
      const returned = { by: principal.name, at: services.now(), ...body };
      const fact = { ...known, returned };
      await store(services, fact, {
        by: principal.name,
        action: 'service.returned',
        at: returned.at,
      });
      return fact;
    },
  });
}

type Services = HttpContext['services'];

function safetyOf(
  services: Services,
  about: Pick<OutOfService, 'repository' | 'subject' | 'rule'>,
): boolean {
  const guard = services.guardOf(about);
  if (guard.ok) return guard.safety;
  if (guard.why === 'no-subject') throw notFound(about.subject.kind);
  throw invalid(say('service-no-rule', { rule: about.rule ?? '' }));
}

/** A detector, a leak sensor or a door is never one person's to switch off. */
function secondOf(
  services: Services,
  q: {
    readonly principal: Principal;
    readonly second: string | undefined;
    readonly repository: string;
    readonly safety: boolean;
  },
): { readonly second?: string } {
  const { principal, second, repository, safety } = q;
  if (second === undefined) {
    if (!safety) return {};
    throw invalid(say('service-second'));
  }
  const person = services.registry().people.get(second);
  const isThere = person && person.retiredAt === undefined && mayEnter(principal, repository);
  if (!isThere || person.repository !== repository || !SECONDS.has(person.role)) {
    throw invalid(say('service-second-unknown'));
  }
  if ([person.id, person.name, qualify(repository, person.id)].includes(principal.name)) {
    throw invalid(say('service-second-same'));
  }
  return { second: person.id };
}

function reviewOf(
  wanted: string | number | undefined,
  { now, safety }: { readonly now: Moment; readonly safety: boolean },
): { readonly reviewAt?: Moment } {
  const reviewAt = optionalMoment(wanted, 'reviewAt');
  if (reviewAt === undefined) {
    if (!safety) return {};
    throw invalid(say('service-review'));
  }
  if (reviewAt <= now) throw invalid(say('service-review-past'));
  if (safety && reviewAt > now + SAFETY_REVIEW_MS_MAX) {
    throw invalid(say('service-review-late', { hours: SAFETY_REVIEW_MS_MAX / HOUR_MS }));
  }
  return { reviewAt };
}

async function store(
  services: Services,
  fact: OutOfService,
  line: { readonly by: string; readonly action: string; readonly at: Moment },
): Promise<void> {
  const { repository, subject } = fact;
  await services.writer.commit({
    puts: [{ table: 'out_of_service', mode: 'upsert', row: fact }],
    journal: [
      { ...line, repository, subject: qualify(repository, subject.id), detail: { ...fact } },
    ],
  });
  await services.writer.reconfigure();
}
