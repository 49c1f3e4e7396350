/** Assessments: made now, read as they were, and what inspectors enter for the next ones. */

import { Type } from 'typebox';
import { RESULTS, type Assessment, type AssessmentDraft } from '../../../domain/assessment.ts';
import { say } from '../../../domain/sentences.ts';
import { invalid, notFound } from '../errors.ts';
import { pageByTime } from '../paging.ts';
import type { HttpContext, Router } from '../router.ts';
import { inRepository, paging, period, strict, Text } from '../schemas.ts';
import { inSight, narrowScope, repositoryMeant } from '../scope.ts';
import { optionalMoment } from '../times.ts';

const RepositoryQuery = Type.Object(inRepository, strict);

export function addAssessmentRoutes(router: Router, context: HttpContext): void {
  const { services } = context;
  const { queries, registry } = services;
  router.add('GET /api/indicators', {
    summary: 'The indicators of the assessment',
    handle: () => ({ items: services.indicators }),
  });
  router.add('GET /api/assessments', {
    summary: 'Assessments, newest first',
    query: Type.Object({ ...inRepository, ...period, ...paging }, strict),
    handle: ({ principal, query }) => {
      const repositories = narrowScope(principal, query.repository);
      const until = optionalMoment(query.to, 'to');
      const range = { ...query, from: optionalMoment(query.from, 'from'), until };
      const place = { at: (one: Assessment) => one.madeAt, id: (one: Assessment) => one.id };
      return pageByTime(range, place, (rows) => queries.assessments({ ...rows, repositories }));
    },
  });
  router.add('GET /api/assessments/:id', {
    summary: 'One assessment with the figures and limits behind it',
    handle: ({ principal, params }) =>
      inSight(principal, queries.assessment(params['id'] ?? ''), 'assessment'),
  });
  router.add('POST /api/assessments', {
    summary: 'Make one now',
    status: 201,
    body: Type.Object(inRepository, strict),
    handle: ({ principal, body }) =>
      services.makeAssessment({
        repository: repositoryMeant(registry(), principal, body.repository),
        by: principal.name,
        trigger: 'on-demand',
      }),
  });
  addDrafts(router, context);
}

function addDrafts(router: Router, { services }: HttpContext): void {
  const { queries, registry, writer, now } = services;
  router.add('GET /api/assessments/drafts', {
    summary: 'What inspectors have entered for the next assessments',
    query: RepositoryQuery,
    handle: ({ principal, query }) => {
      const repository = repositoryMeant(registry(), principal, query.repository);
      return { items: queries.assessmentDrafts(repository) };
    },
  });
  router.add('PUT /api/assessments/drafts/:indicator', {
    summary: 'Enter a manual indicator',
    body: Type.Object({ ...inRepository, result: Type.Enum([...RESULTS]), note: Text }, strict),
    handle: async ({ principal, params, body }): Promise<AssessmentDraft> => {
      const repository = repositoryMeant(registry(), principal, body.repository);
      const indicator = services.indicators.find((one) => one.id === params['indicator']);
      if (!indicator) throw notFound('indicator');
      if (indicator.kind === 'computed') {
        throw invalid(say('indicator-computed'));
      }
      const { result, note } = body;
      const draft = { repository, indicator: indicator.id, result, note, by: principal.name };
      const row: AssessmentDraft = { ...draft, at: now() };
      await writer.commit({
        puts: [{ table: 'assessment_draft', mode: 'upsert', row }],
        journal: [
          {
            repository,
            at: row.at,
            by: principal.name,
            action: 'assessment.entered',
            subject: `${repository}.${indicator.id}`,
            detail: { result, note },
          },
        ],
      });
      return row;
    },
  });
}
