/**
 * The gateway's edge: repository file, intake, and what broker and link look like. The embedded broker and the link
 * to an external one are imported from their files, as a process needs one of them; stores have their own, too.
 */

export { createIntake, type Intake } from './intake/intake.ts';
export type { EmbeddedBroker, EmbeddedBrokerOptions } from './broker/embedded-broker.ts';
export type { Admission, Admitted, Caller } from './broker/admission.ts';
export type { ClientNews } from './broker/desk.ts';
export { ListenError } from './broker/listen-error.ts';
export type { BrokerLink, BrokerLinkOptions, BrokerLinkState } from './mqtt/link.ts';
export type { SessionState } from './mqtt/session.ts';
export { gatewayStatusTopic, isOurTopic } from './our-topics.ts';
export type { GatewayLog } from './log.ts';
export {
  parseRepositoryFile,
  type ParsedRepositoryFile,
  type Problem,
} from './repository-file/parse.ts';
export { applyRepository, type Applied } from './repository-file/apply.ts';
