/** A small real broker for the simulators' tests, on a port that the system picks. */

import { createServer, type AddressInfo, type Server, type Socket } from 'node:net';
import { Aedes } from 'aedes';

export interface Received {
  readonly topic: string;
  readonly payload: string;
  readonly retain: boolean;
  readonly client: string | undefined;
}

export interface TestBroker {
  readonly url: string;
  readonly received: readonly Received[];
  /** Resolves when `condition` holds of what was received. */
  until(condition: (received: readonly Received[]) => boolean): Promise<void>;
  /** Cuts all connections at once, as a crash would; new ones are welcome. */
  cut(): void;
  close(): Promise<void>;
}

/** Starts a broker on 127.0.0.1; port 0 lets the system choose. */
export async function startBroker(): Promise<TestBroker> {
  const received: Received[] = [];
  const listeners = new Set<() => void>();
  const sockets = new Set<Socket>();
  const aedes = await Aedes.createBroker();
  aedes.on('publish', (packet, client) => {
    if (packet.topic.startsWith('$SYS')) return;
    received.push({
      topic: packet.topic,
      payload: packet.payload.toString(),
      retain: packet.retain,
      client: client?.id,
    });
    for (const listener of [...listeners]) listener();
  });
  const server: Server = createServer((socket) => {
    sockets.add(socket);
    socket.on('close', () => sockets.delete(socket));
    aedes.handle(socket);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  return {
    url: `mqtt://127.0.0.1:${port}`,
    received,
    until: (condition) =>
      new Promise((resolve) => {
        const look = (): void => {
          if (!condition(received)) return;
          listeners.delete(look);
          resolve();
        };
        listeners.add(look);
        look();
      }),
    cut: () => {
      for (const socket of sockets) socket.destroy();
    },
    close: async () => {
      for (const socket of sockets) socket.destroy();
      await new Promise<void>((resolve) => aedes.close(() => resolve()));
      await new Promise<void>((resolve) => server.close(() => resolve()));
    },
  };
}
