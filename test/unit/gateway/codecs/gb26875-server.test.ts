import { connect, type Socket } from 'node:net';
import { afterEach, describe, expect, it, vi } from 'vitest';
import type { RawMessage } from '../../../../domain/intake.ts';
import {
  startGb26875Server,
  type Gb26875Server,
  type Gb26875ServerOptions,
} from '../../../../gateway/gb26875/server.ts';
import { createFrameSplitter } from '../../../../gateway/profiles/codecs/gb26875-frame.ts';
import { BEIJING_MINUTES, componentData, gbFrame, NOW } from './support.ts';

const log = { info: () => {}, warn: () => {}, error: () => {} };
const fire = (serial: number): Buffer =>
  gbFrame({ data: componentData({ type: 42, status: 3 }), serial });

type Held = { readonly raw: RawMessage; readonly done: (error?: Error) => void };

const servers: Gb26875Server[] = [];
const sockets: Socket[] = [];
afterEach(async () => {
  for (const socket of sockets.splice(0)) socket.destroy();
  for (const server of servers.splice(0)) await server.close();
});

/** A listener that holds every frame until the test commits it. */
async function listener(given: Partial<Gb26875ServerOptions> = {}) {
  const held: Held[] = [];
  const server = await startGb26875Server({
    host: '127.0.0.1',
    port: 0,
    log,
    now: () => NOW,
    offsetMinutes: () => BEIJING_MINUTES,
    onMessage: (raw, done) => held.push({ raw, done }),
    ...given,
  });
  servers.push(server);
  return { server, held };
}

function transmitter({ address }: Gb26875Server) {
  const splitter = createFrameSplitter();
  const answers: { serial: number; command: number; localAsUtc: number }[] = [];
  let isClosed = false;
  const socket = connect(address.port, address.host);
  sockets.push(socket);
  socket.on('error', () => {});
  socket.on('close', () => (isClosed = true));
  socket.on('data', (chunk) => answers.push(...splitter.push(chunk)));
  return { socket, answers, closed: () => isClosed };
}

const soon = (check: () => void) => vi.waitFor(check, { timeout: 3_000, interval: 5 });

describe('fire alarm listener', () => {
  it('acknowledges nothing before the commit', async () => {
    const { server, held } = await listener();
    const { socket, answers } = transmitter(server);
    socket.write(fire(5));
    await soon(() => expect(held).toHaveLength(1));
    socket.write(fire(6));
    await soon(() => expect(held).toHaveLength(2));
    expect(answers).toEqual([]);
    held[1]?.done();
    held[1]?.done();
    await soon(() => expect(answers).toMatchObject([{ serial: 6, command: 3 }]));
    held[0]?.done();
    await soon(() => expect(answers.map(({ serial }) => serial)).toEqual([6, 5]));
    expect(answers[0]?.localAsUtc).toBe(NOW + BEIJING_MINUTES * 60_000);
  });

  it('hands on the frame under its source, with its connection', async () => {
    const { server, held } = await listener();
    const { socket } = transmitter(server);
    const bytes = fire(7);
    for (const byte of bytes) socket.write(Uint8Array.of(byte));
    await soon(() => expect(held).toHaveLength(1));
    expect(held[0]?.raw).toMatchObject({
      topic: 'gb26875/0a0000000000',
      retain: false,
      receivedAt: NOW,
      connection: expect.any(Number) as number,
    });
    expect(Buffer.from(held[0]?.raw.payload ?? [])).toEqual(bytes);
  });

  it('cuts off without an acknowledgement when the commit failed, so that it is sent again', async () => {
    const { server, held } = await listener();
    const { socket, answers, closed } = transmitter(server);
    socket.write(fire(5));
    await soon(() => expect(held).toHaveLength(1));
    held[0]?.done(new Error('disk full'));
    await soon(() => expect(closed()).toBe(true));
    expect(answers).toEqual([]);
  });

  it('outlives a taker that throws', async () => {
    const { server } = await listener({
      onMessage: () => {
        throw new Error('bug');
      },
    });
    const { socket, closed } = transmitter(server);
    socket.write(fire(5));
    await soon(() => expect(closed()).toBe(true));
    const another = transmitter(server);
    await soon(() => expect(server.connections()).toBe(1));
    expect(another.closed()).toBe(false);
  });

  it('does not acknowledge a frame with a wrong checksum, nor answers of others', async () => {
    const { server, held } = await listener();
    const { socket, answers } = transmitter(server);
    const broken = fire(1);
    broken[40] = 0xee;
    socket.write(broken);
    socket.write(gbFrame({ data: Buffer.alloc(0), command: 3, serial: 2 }));
    socket.write(gbFrame({ data: Buffer.alloc(0), command: 1, serial: 3 }));
    socket.write(fire(4));
    await soon(() => expect(held).toHaveLength(1));
    held[0]?.done();
    await soon(() => expect(answers.map(({ serial }) => serial)).toEqual([4]));
  });

  it('a commit after the transmitter has gone harms nothing', async () => {
    const { server, held } = await listener();
    const { socket } = transmitter(server);
    socket.write(fire(5));
    await soon(() => expect(held).toHaveLength(1));
    socket.destroy();
    await soon(() => expect(server.connections()).toBe(0));
    held[0]?.done();
  });

  it.each([
    ['who sends no frame in time', { firstFrameMsMax: 30 }, () => {}],
    ['who falls silent', { idleMsMax: 30 }, (socket: Socket) => socket.write(fire(1))],
    ['who sends garbage', {}, (socket: Socket) => socket.write(Buffer.alloc(200_000, 0x41))],
  ])('cuts off %s', async (_, given, act) => {
    const { server } = await listener(given);
    const { socket, closed } = transmitter(server);
    act(socket);
    await soon(() => expect(closed()).toBe(true));
  });

  it('turns away who comes above the limit', async () => {
    const { server } = await listener({ connectionsMax: 2 });
    transmitter(server);
    transmitter(server);
    await soon(() => expect(server.connections()).toBe(2));
    const third = transmitter(server);
    await soon(() => expect(third.closed()).toBe(true));
    expect(server.connections()).toBe(2);
  });

  it('reads no further while too much waits for its commit, and goes on after it', async () => {
    const { server, held } = await listener();
    const { socket, answers } = transmitter(server);
    const frames = Array.from({ length: 4_000 }, (_, serial) => fire(serial));
    let isPaused = false;
    for (let i = 0; i < frames.length; i += 100) {
      socket.write(Buffer.concat(frames.slice(i, i + 100)));
    }
    await soon(() => expect(held.length).toBeGreaterThanOrEqual(256));
    isPaused = held.length < frames.length;
    let committed = 0;
    await soon(() => {
      for (; committed < held.length; committed += 1) held[committed]?.done();
      expect(answers).toHaveLength(frames.length);
    });
    expect(isPaused).toBe(true);
  });

  it('says what is in the way when it can not listen', async () => {
    const { server } = await listener();
    const { port } = server.address;
    await expect(listener({ port })).rejects.toThrow(
      `The fire alarm listener can't listen on 127.0.0.1:${port}: the port is in use.`,
    );
  });
});
