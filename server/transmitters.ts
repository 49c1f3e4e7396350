/** The listener for fire alarm transmitters, where one is set: beside MQTT, as they know nothing else. */

import type { Logger } from 'pino';
import { ListenError } from '../gateway/index.ts';
import { startGb26875Server } from '../gateway/gb26875/server.ts';
import { offsetOf } from '../gateway/profiles/times.ts';
import type { RawMessage } from '../domain/intake.ts';
import type { Cleanup } from './cleanup.ts';
import type { Core } from './core.ts';
import { messageOf, StartRefused } from './data-folder.ts';
import type { Settings } from './settings/settings.ts';

/** Does nothing where none is set. Throws `StartRefused` when the port is taken. */
export async function startTransmitters(q: {
  readonly settings: Settings;
  readonly core: Core;
  readonly cleanup: Cleanup;
  readonly onMessage: (raw: RawMessage, done: (error?: Error) => void) => void;
  readonly log: Logger;
}): Promise<void> {
  const { gb26875 } = q.settings;
  if (!gb26875) return;
  const [repository] = q.core.structure.registry.repositories.values();
  try {
    const server = await startGb26875Server({
      ...gb26875,
      onMessage: q.onMessage,
      log: q.log.child({ part: 'transmitters' }),
      offsetMinutes: offsetOf(repository?.timezone ?? 'Asia/Shanghai'),
    });
    q.cleanup.add('fire alarm transmitters', () => server.close());
  } catch (error) {
    if (!(error instanceof ListenError)) throw error;
    throw new StartRefused(
      `The listener for fire alarm transmitters can't listen on ${gb26875.host}:${gb26875.port} (${messageOf(error)}); change LANTAI_GB26875_HOST or LANTAI_GB26875_PORT.`,
    );
  }
}
