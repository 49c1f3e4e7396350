/** The gateway's edge: repository file, intake, embedded broker and the link to an external one. Stores have their own. */

export { createIntake, type Intake } from './intake/intake.ts';
