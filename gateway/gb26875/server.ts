/** A TCP listener for fire alarm transmitters (GB/T 26875.3): a frame is acknowledged only when it is committed. */

import { createServer, type AddressInfo, type Server, type Socket } from 'node:net';
import type { RawMessage } from '../../domain/intake.ts';
import { MINUTE_MS, SECOND_MS, type Moment } from '../../domain/time.ts';
import { ListenError } from '../broker/listen-error.ts';
import { nextConnection } from '../connection-number.ts';
import type { GatewayLog } from '../log.ts';
import {
  ackFrame,
  COMMAND,
  createFrameSplitter,
  type FrameSplitter,
  type Gb26875Frame,
} from '../profiles/codecs/gb26875-frame.ts';

/** A building has one transmitter, a large archive a few. */
const CONNECTIONS_MAX = 200;
/** No byte for so long: the line is dead, and its transmitter will dial again. */
const IDLE_MS_MAX = 30 * MINUTE_MS;
/** Who has sent no frame by then is no transmitter. */
const FIRST_FRAME_MS_MAX = 60 * SECOND_MS;
/** Frames of one connection that wait for their commit; above it nothing more is read of it. */
const PENDING_FRAMES_MAX = 256;
/** Bytes between two frames that are none; above it the connection is no transmitter's. */
const GARBAGE_BYTES_MAX = 64 * 1024;
/** Acknowledgements that the other side does not take. */
const UNSENT_BYTES_MAX = 64 * 1024;

export interface Gb26875ServerOptions {
  readonly host: string;
  /** 0: any free one. */
  readonly port: number;
  /**
   * Every frame that must be acknowledged, on topic `gb26875/<source address>`; its payload is the frame. `done()`:
   * committed, acknowledge it; with an error: the connection is cut off, so that the transmitter sends again.
   */
  readonly onMessage: (raw: RawMessage, done: (error?: Error) => void) => void;
  readonly log: GatewayLog;
  /** Minutes east of UTC at a local time: acknowledgements carry the transmitters' wall clock. */
  readonly offsetMinutes: (localAsUtc: Moment) => number;
  readonly connectionsMax?: number;
  readonly idleMsMax?: number;
  readonly firstFrameMsMax?: number;
  readonly now?: () => Moment;
}

export interface Gb26875Server {
  readonly address: { readonly host: string; readonly port: number };
  /** How many are connected. */
  connections(): number;
  /** Cuts all off; what is not committed stays unacknowledged. */
  close(): Promise<void>;
}

/** Listens, or throws a `ListenError` that says what is in the way. Only acknowledges: nothing is ever commanded. */
export async function startGb26875Server(options: Gb26875ServerOptions): Promise<Gb26875Server> {
  const { log } = options;
  const sockets = new Set<Socket>();
  const server = createServer({ noDelay: true, keepAlive: true }, (socket) => {
    sockets.add(socket);
    socket.once('close', () => sockets.delete(socket));
    serve(socket, options);
  });
  server.maxConnections = options.connectionsMax ?? CONNECTIONS_MAX;
  server.on('drop', (from) => log.warn({ address: from?.remoteAddress }, 'too many transmitters'));
  await listen(server, options);
  server.on('error', (error) => log.error({ error: error.message }, 'fire alarm listener failed'));
  const { address, port } = server.address() as AddressInfo;
  return {
    address: { host: address, port },
    connections: () => sockets.size,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        for (const socket of sockets) socket.destroy();
      }),
  };
}

function listen(server: Server, at: { readonly host: string; readonly port: number }) {
  return new Promise<void>((resolve, reject) => {
    const refuse = (cause: NodeJS.ErrnoException): void => {
      const { host, port } = at;
      reject(new ListenError({ host, port, listener: 'The fire alarm listener' }, cause));
    };
    server.once('error', refuse);
    server.listen({ host: at.host, port: at.port }, () => {
      server.off('error', refuse);
      resolve();
    });
  });
}

interface Line {
  readonly socket: Socket;
  readonly options: Gb26875ServerOptions;
  readonly splitter: FrameSplitter;
  readonly connection: number;
  /** Frames that wait for their commit. */
  pending: number;
  /** What the splitter had skipped at the last frame. */
  skippedBefore: number;
}

function serve(socket: Socket, options: Gb26875ServerOptions): void {
  const line: Line = {
    socket,
    options,
    splitter: createFrameSplitter(),
    connection: nextConnection(),
    pending: 0,
    skippedBefore: 0,
  };
  const firstFrame = setTimeout(
    () => cutOff(line, 'no frame came'),
    options.firstFrameMsMax ?? FIRST_FRAME_MS_MAX,
  );
  socket.setTimeout(options.idleMsMax ?? IDLE_MS_MAX, () => cutOff(line, 'silent'));
  socket.on('error', (error) => {
    options.log.info({ ...whose(line), error: error.message }, 'fire alarm transmitter lost');
  });
  socket.once('close', () => clearTimeout(firstFrame));
  socket.on('data', (chunk) => {
    if (take(line, chunk)) clearTimeout(firstFrame);
  });
}

/** Whether a frame was among the bytes. */
function take(line: Line, chunk: Uint8Array): boolean {
  const { splitter, socket } = line;
  const frames = splitter.push(chunk);
  for (const frame of frames) {
    // Replies and acknowledgements of what we never asked for need no answer.
    if (frame.command === COMMAND.send && !socket.destroyed) pass(line, frame);
  }
  if (frames.length > 0) line.skippedBefore = splitter.skippedBytes();
  else if (splitter.skippedBytes() - line.skippedBefore > GARBAGE_BYTES_MAX) {
    cutOff(line, 'what it sends are no frames');
  }
  return frames.length > 0;
}

function pass(line: Line, frame: Gb26875Frame): void {
  const { options, socket } = line;
  const raw: RawMessage = {
    topic: `gb26875/${frame.source}`,
    payload: frame.bytes,
    retain: false,
    receivedAt: nowOf(options),
    connection: line.connection,
  };
  let isDone = false;
  const done = (error?: Error): void => {
    if (isDone) return;
    isDone = true;
    line.pending -= 1;
    if (error) return cutOff(line, 'not committed');
    acknowledge(line, frame);
    if (socket.isPaused() && line.pending <= PENDING_FRAMES_MAX / 2) socket.resume();
  };
  line.pending += 1;
  if (line.pending >= PENDING_FRAMES_MAX) socket.pause();
  try {
    options.onMessage(raw, done);
  } catch (error) {
    options.log.error({ ...whose(line), error: String(error) }, 'fire alarm frame not taken');
    done(new Error('the frame was not taken', { cause: error }));
  }
}

function acknowledge(line: Line, frame: Gb26875Frame): void {
  const { socket, options } = line;
  if (!socket.writable) return;
  const utc = nowOf(options);
  // The offset is asked by local time; the first guess is wrong only within the hours of a change of the clocks.
  const guess = utc + options.offsetMinutes(utc) * MINUTE_MS;
  socket.write(ackFrame(frame, utc + options.offsetMinutes(guess) * MINUTE_MS));
  if (socket.writableLength > UNSENT_BYTES_MAX) cutOff(line, 'it takes no acknowledgements');
}

function cutOff(line: Line, why: string): void {
  if (line.socket.destroyed) return;
  line.options.log.info({ ...whose(line), why }, 'fire alarm transmitter cut off');
  line.socket.destroy();
}

function whose({ socket, connection }: Line): object {
  return { address: socket.remoteAddress, connection };
}

function nowOf(options: Gb26875ServerOptions): Moment {
  return (options.now ?? Date.now)();
}
