/** What evidence is asked for, and from whom. */

import type { Moment } from '../../domain/time.ts';
import type { Services } from '../services.ts';
import type { AssessmentKnowledge } from './knowledge.ts';

/** The part of the services that evidence comes from. */
export type EvidenceServices = Pick<
  Services,
  'queries' | 'live' | 'registry' | 'limitsInForce' | 'now'
> & {
  readonly readings: Pick<Services['readings'], 'query'>;
};

export interface GatherQuestion {
  readonly services: EvidenceServices;
  readonly repository: string;
  readonly from: Moment;
  readonly until: Moment;
  readonly knowledge: AssessmentKnowledge;
}
