/** Why a listener could not start; the composition root names the setting to change. */
export class ListenError extends Error {
  override readonly name = 'ListenError';
  /** `EADDRINUSE`, `EACCES`, `EADDRNOTAVAIL` … */
  readonly code: string;
  readonly host: string;
  readonly port: number;

  /** `listener`: for the sentence; the broker when unset. */
  constructor(
    at: { readonly host: string; readonly port: number; readonly listener?: string },
    cause: NodeJS.ErrnoException,
  ) {
    const { listener = 'The MQTT broker' } = at;
    super(`${listener} can't listen on ${at.host}:${at.port}: ${reasonOf(cause)}.`, { cause });
    this.code = cause.code ?? 'UNKNOWN';
    this.host = at.host;
    this.port = at.port;
  }
}

function reasonOf(error: NodeJS.ErrnoException): string {
  if (error.code === 'EADDRINUSE') return 'the port is in use';
  if (error.code === 'EACCES') return 'the port needs more rights';
  if (error.code === 'EADDRNOTAVAIL') return 'this machine does not have that address';
  return error.message;
}
