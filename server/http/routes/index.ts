/** All routes, group by group. */

import type { FastifyInstance } from 'fastify';
import type { HttpContext, Router } from '../router.ts';
import { addAccountRoutes } from './accounts.ts';
import { addAlarmRoutes } from './alarms.ts';
import { addAssessmentRoutes } from './assessments.ts';
import { addDemonstrationRoutes } from './demonstration.ts';
import { addDeviceRoutes } from './devices.ts';
import { addIncidentRoutes } from './incidents.ts';
import { addKnowledgeRoutes } from './knowledge.ts';
import { addPeopleRoutes } from './people.ts';
import { addReadingRoutes } from './readings.ts';
import { addRecordRoutes } from './records.ts';
import { addSessionRoutes } from './session.ts';
import { addStructureRoutes } from './structure.ts';
import { addSystemRoutes } from './system.ts';

export function addAllRoutes(router: Router, context: HttpContext, app: FastifyInstance): void {
  addSystemRoutes(router, context, app);
  addSessionRoutes(router, context);
  addStructureRoutes(router, context);
  addReadingRoutes(router, context);
  addAlarmRoutes(router, context);
  addIncidentRoutes(router, context);
  addKnowledgeRoutes(router, context);
  addAssessmentRoutes(router, context);
  addRecordRoutes(router, context);
  addPeopleRoutes(router, context);
  addAccountRoutes(router, context);
  addDeviceRoutes(router, context);
  addDemonstrationRoutes(router, context);
}
