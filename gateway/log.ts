/** What the gateway needs of a log: fields, then a constant sentence. pino has this shape. */
export interface GatewayLog {
  info(fields: object, sentence: string): void;
  warn(fields: object, sentence: string): void;
  error(fields: object, sentence: string): void;
}
