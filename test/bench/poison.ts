/** A device gone mad: garbage with QoS 0 on a plain socket, as fast as the socket takes it. */

import { connect, type Socket } from 'node:net';

const PACKETS_AT_ONCE = 1_000;
const AGAIN_AFTER_MS = 100;
const TOPIC = 'lantai/load/nobody/telemetry';

/** Comes back whenever it is cut off. `stop` says how many messages the system took from it. */
export function startPoison(port: number): { stop(): number } {
  const one = garbagePacket();
  const many = Buffer.concat(Array<Buffer>(PACKETS_AT_ONCE).fill(one));
  let stopped = false;
  let bytes = 0;
  let socket: Socket | undefined;
  const open = (): void => {
    if (stopped) return;
    const made = connect({ port, host: '127.0.0.1' });
    socket = made;
    const pour = (): void => {
      while (!made.destroyed && made.write(many));
    };
    made.on('error', () => undefined);
    // The acknowledgement of the connection: nothing may be sent before it.
    made.once('data', pour);
    made.once('connect', () => {
      // MQTT 3.1.1, clean, no keep-alive, client id "mad".
      made.write(Buffer.from([0x10, 15, 0, 4, 0x4d, 0x51, 0x54, 0x54, 4, 2, 0, 0, 0, 3, ...MAD]));
    });
    made.on('drain', pour);
    made.once('close', () => {
      bytes += made.bytesWritten;
      setTimeout(open, AGAIN_AFTER_MS);
    });
  };
  open();
  return {
    stop: () => {
      stopped = true;
      const sent = bytes + (socket?.bytesWritten ?? 0) - (socket?.writableLength ?? 0);
      socket?.destroy();
      return Math.floor(sent / one.length);
    },
  };
}

const MAD = Buffer.from('mad');

function garbagePacket(): Buffer {
  const topic = Buffer.from(TOPIC);
  const payload = Buffer.from([0x7b, 0xff, 0x00, 0xfe, 0x7b]);
  const head = Buffer.from([0x30, 2 + topic.length + payload.length, 0, topic.length]);
  return Buffer.concat([head, topic, payload]);
}
