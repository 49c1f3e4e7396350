/** The live feed: Socket.IO in, gathered per animation frame, into the live state. */

import { io, type Socket } from 'socket.io-client';
import type { LatestReading, LiveEvents } from '../../../domain/api.ts';
import { seriesOf } from '../logic/latest.ts';
import * as state from './state.ts';

/** Nothing heard for so long: ask the server whether it is there, instead of waiting for the transport to notice. */
const QUIET_MS_MAX = 8_000;
const WATCH_MS = 4_000;
const COME_BACK_MS = 2_000;

/** Starts the feed; the answer ends it. `signedOut` is called when the server turns us away. */
export function startFeed(signedOut: () => void): () => void {
  const socket: Socket<LiveEvents> = io({
    transports: ['websocket', 'polling'],
    reconnectionDelay: 500,
    reconnectionDelayMax: 5_000,
  });
  state.link.value = 'connecting';
  const gathered = gatherReadings();
  let heardAt = Date.now();
  const heard = () => {
    heardAt = Date.now();
    if (state.link.value !== 'live') setLive();
  };
  const listen = <E extends keyof LiveEvents>(name: E, take: LiveEvents[E]) => {
    socket.on<keyof LiveEvents>(name, ((payload: never) => {
      heard();
      (take as (p: never) => void)(payload);
    }) as LiveEvents[E]);
  };
  listen('snapshot', (snapshot) => state.takeSnapshot(snapshot, Date.now()));
  listen('readings', gathered.take);
  listen('alarm', state.takeAlarm);
  listen('incident', state.takeIncident);
  listen('access', state.takeAccess);
  listen('parts', (parts) => (state.parts.value = parts));
  // After these two Socket.IO does not come back by itself: either nobody is signed in, or we ask again.
  let again: number | undefined;
  let closed = false;
  const askAgain = async () => {
    again = undefined;
    const session = await sessionNow();
    if (closed) return;
    if (session === 'over') signedOut();
    else again = window.setTimeout(() => socket.connect(), COME_BACK_MS);
  };
  const lost = () => setLost(heardAt);
  socket.on('disconnect', () => {
    lost();
    if (!socket.active) void askAgain();
  });
  socket.on('connect_error', () => {
    lost();
    if (!socket.active) void askAgain();
  });
  const offline = () => lost();
  window.addEventListener('offline', offline);
  const watch = window.setInterval(() => {
    if (Date.now() - heardAt > QUIET_MS_MAX) void probe(socket, { heard, lost });
  }, WATCH_MS);
  return () => {
    window.clearInterval(watch);
    window.clearTimeout(again);
    closed = true;
    window.removeEventListener('offline', offline);
    socket.close();
    gathered.stop();
    state.link.value = 'off';
  };
}

/** A quiet feed may be a quiet house or a dead line: the public health route tells which. */
async function probe(
  socket: Socket<LiveEvents>,
  { heard, lost }: { readonly heard: () => void; readonly lost: () => void },
): Promise<void> {
  const patience = new AbortController();
  const timer = window.setTimeout(() => patience.abort(), WATCH_MS - 500);
  try {
    const response = await fetch('/api/health', { signal: patience.signal, cache: 'no-store' });
    if (response.ok && socket.connected) heard();
    else lost();
  } catch {
    lost();
  } finally {
    window.clearTimeout(timer);
  }
}

/** Whether the server still knows us; `unsure` when it does not answer. */
async function sessionNow(): Promise<'there' | 'over' | 'unsure'> {
  try {
    const { status } = await fetch('/api/session', { cache: 'no-store' });
    if (status === 401) return 'over';
    return status === 200 ? 'there' : 'unsure';
  } catch {
    return 'unsure';
  }
}

function setLive(): void {
  state.link.value = 'live';
  state.lostSince.value = undefined;
}

function setLost(heardAt: number): void {
  state.link.value = 'lost';
  state.lostSince.value ??= heardAt + state.offsetMs.value;
}

/** Newest value per series, handed on once per frame; bounded by the number of series. */
function gatherReadings(): {
  take: (changed: readonly LatestReading[]) => void;
  stop: () => void;
} {
  const waiting = new Map<string, LatestReading>();
  let frame: number | undefined;
  const flush = () => {
    frame = undefined;
    const changed = [...waiting.values()];
    waiting.clear();
    state.takeReadings(changed);
  };
  return {
    take: (changed) => {
      for (const reading of changed) waiting.set(seriesOf(reading), reading);
      frame ??= requestAnimationFrame(flush);
    },
    stop: () => {
      if (frame !== undefined) cancelAnimationFrame(frame);
      waiting.clear();
    },
  };
}
