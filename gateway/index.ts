/** The gateway's edge: repository file, intake, embedded broker and the link to an external one. Stores have their own. */

export { createIntake, type Intake } from './intake/intake.ts';
export {
  startEmbeddedBroker,
  type EmbeddedBroker,
  type EmbeddedBrokerOptions,
} from './broker/embedded-broker.ts';
export type { Admission, Admitted, Caller } from './broker/admission.ts';
export type { ClientNews } from './broker/desk.ts';
export { ListenError } from './broker/listen-error.ts';
export {
  connectBroker,
  type BrokerLink,
  type BrokerLinkOptions,
  type BrokerLinkState,
} from './mqtt/link.ts';
export type { SessionState } from './mqtt/session.ts';
export { gatewayStatusTopic, isOurTopic } from './our-topics.ts';
export type { GatewayLog } from './log.ts';
export {
  parseRepositoryFile,
  type ParsedRepositoryFile,
  type Problem,
} from './repository-file/parse.ts';
export { applyRepository, type Applied } from './repository-file/apply.ts';
