/** All routes, group by group. */

import type { FastifyInstance } from 'fastify';
import type { HttpContext, Router } from '../router.ts';
import { addAccountRoutes } from './accounts.ts';
import { addAlarmKpiRoutes } from './alarm-kpis.ts';
import { addAlarmRoutes } from './alarms.ts';
import { addAssessmentRoutes } from './assessments.ts';
import { addBacktestRoutes } from './backtests.ts';
import { addAdoptionRoutes } from './adoption.ts';
import { addCalibrationRoutes } from './calibrations.ts';
import { addDemonstrationRoutes } from './demonstration.ts';
import { addDeviceRoutes } from './devices.ts';
import { addHandoverRoutes } from './handovers.ts';
import { addShelvingRoute } from './shelving.ts';
import { addIncidentRoutes } from './incidents.ts';
import { addIntakeRoute } from './intake.ts';
import { addKnowledgeRoutes } from './knowledge.ts';
import { addStandardsRoutes } from './standards.ts';
import { addServiceRoutes } from './out-of-service.ts';
import { addPeopleRoutes } from './people.ts';
import { addProfileRoutes } from './profiles.ts';
import { addProfileUseRoutes } from './profile-uses.ts';
import { addReadingRoutes } from './readings.ts';
import { addRecordRoutes } from './records.ts';
import { addRetryRoutes } from './retry.ts';
import { addRuleRoutes } from './rules.ts';
import { addSessionRoutes } from './session.ts';
import { addStructureRoutes } from './structure.ts';
import { addSystemRoutes } from './system.ts';

export function addAllRoutes(router: Router, context: HttpContext, app: FastifyInstance): void {
  addSystemRoutes(router, context, app);
  addSessionRoutes(router, context);
  addStructureRoutes(router, context);
  addAdoptionRoutes(router, context);
  addCalibrationRoutes(router, context);
  addProfileRoutes(router, context);
  addProfileUseRoutes(router, context);
  addReadingRoutes(router, context);
  addAlarmRoutes(router, context);
  addAlarmKpiRoutes(router, context);
  addServiceRoutes(router, context);
  addShelvingRoute(router, context);
  addHandoverRoutes(router, context);
  addIncidentRoutes(router, context);
  addRuleRoutes(router, context);
  addKnowledgeRoutes(router, context);
  addStandardsRoutes(router, context);
  addBacktestRoutes(router, context);
  addAssessmentRoutes(router, context);
  addRecordRoutes(router, context);
  addRetryRoutes(router, context);
  addPeopleRoutes(router, context);
  addAccountRoutes(router, context);
  addDeviceRoutes(router, context);
  addDemonstrationRoutes(router, context);
  addIntakeRoute(app, context);
}
