/** The cable between a publisher and its broker: a relay that can hold back answers, and be cut. */

import { once } from 'node:events';
import { connect, createServer, type AddressInfo, type Socket } from 'node:net';

export interface Wire {
  /** Where the publisher connects instead. */
  readonly url: string;
  /** From now on the broker's words do not get through, the publisher's do. */
  holdAnswers(): void;
  /** Bytes of the broker that were held back. */
  held(): number;
  /** Ends every connection without a word; until `mend()` new ones are refused. */
  cut(): void;
  mend(): void;
  close(): Promise<void>;
}

export async function startWire(brokerUrl: string): Promise<Wire> {
  const { hostname, port } = new URL(brokerUrl);
  const sockets = new Set<Socket>();
  let isCut = false;
  let isHolding = false;
  let heldBytes = 0;
  const server = createServer((publisher) => {
    if (isCut) return void publisher.destroy();
    const broker = connect({ host: hostname, port: Number(port) });
    for (const [socket, other] of [
      [publisher, broker],
      [broker, publisher],
    ] as const) {
      sockets.add(socket);
      socket.on('error', () => undefined);
      socket.once('close', () => {
        sockets.delete(socket);
        other.destroy();
      });
    }
    publisher.on('data', (bytes) => broker.write(bytes));
    broker.on('data', (bytes) => {
      if (isHolding) heldBytes += bytes.length;
      else publisher.write(bytes);
    });
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const cut = (): void => {
    isCut = true;
    for (const socket of sockets) socket.destroy();
  };
  return {
    url: `mqtt://127.0.0.1:${(server.address() as AddressInfo).port}`,
    holdAnswers: () => (isHolding = true),
    held: () => heldBytes,
    cut,
    mend: () => {
      isCut = false;
      isHolding = false;
      heldBytes = 0;
    },
    close: async () => {
      cut();
      server.close();
      await once(server, 'close');
    },
  };
}
