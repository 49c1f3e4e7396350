/** The cable between a client and its broker: a relay that can lose what one side says, and be cut. */

import { once } from 'node:events';
import { connect, createServer, type AddressInfo, type Socket } from 'node:net';

export interface Wire {
  /** Where the client connects instead. */
  readonly url: string;
  /** From now on one side's words get lost: the broker's, or those of the client, which still hears. */
  mute(side: 'broker' | 'client'): void;
  /** Bytes that got lost so. */
  lostBytes(): number;
  /** Ends every connection without a word; until `mend()` new ones are refused. */
  cut(): void;
  mend(): void;
  close(): Promise<void>;
}

export async function startWire(brokerUrl: string): Promise<Wire> {
  const { hostname, port } = new URL(brokerUrl);
  const sockets = new Set<Socket>();
  let isCut = false;
  let muted: 'broker' | 'client' | undefined;
  let lostBytes = 0;
  const relay = (from: Socket, to: Socket, side: 'broker' | 'client'): void => {
    sockets.add(from);
    from.on('error', () => undefined);
    from.once('close', () => {
      sockets.delete(from);
      to.destroy();
    });
    from.on('data', (bytes) => {
      if (muted === side) lostBytes += bytes.length;
      else to.write(bytes);
    });
  };
  const server = createServer((client) => {
    if (isCut) return void client.destroy();
    const broker = connect({ host: hostname, port: Number(port) });
    relay(client, broker, 'client');
    relay(broker, client, 'broker');
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const cut = (): void => {
    isCut = true;
    for (const socket of sockets) socket.destroy();
  };
  return {
    url: `mqtt://127.0.0.1:${(server.address() as AddressInfo).port}`,
    mute: (side) => (muted = side),
    lostBytes: () => lostBytes,
    cut,
    mend: () => {
      isCut = false;
      muted = undefined;
      lostBytes = 0;
    },
    close: async () => {
      cut();
      server.close();
      await once(server, 'close');
    },
  };
}
