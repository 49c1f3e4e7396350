/** What a person or a program sees of Lantai: the API, the metrics, the live feed. */

import { io, type Socket } from 'socket.io-client';
import type { Alarm } from '../../domain/alarm.ts';
import type { LiveEvents, Page, PartState } from '../../domain/api.ts';
import { ADMIN_PASSWORD } from './lantai-process.ts';

const ANSWER_MS_MAX = 15_000;

export interface ChainResult {
  readonly ok: boolean;
  readonly items: readonly { readonly repository: string; readonly count: number }[];
}

export interface Client {
  /** What it signs its questions with. */
  readonly headers: Readonly<Record<string, string>>;
  openAlarms(): Promise<readonly Alarm[]>;
  /** Whether the acknowledgement was answered with success. */
  acknowledge(alarm: string): Promise<boolean>;
  /** Figures by name, without labels. */
  metrics(): Promise<ReadonlyMap<string, number>>;
  verifyJournal(): Promise<ChainResult>;
  /**
   * Alarms as the live feed brings them, those of its snapshots too, until `close`; and the states of the parts,
   * `undefined` when the line is lost.
   */
  listen(
    onAlarm: (alarm: Alarm) => void,
    onParts?: (parts: readonly PartState[] | undefined) => void,
  ): Promise<{ close(): void }>;
}

/** Signs in as the administrator and makes a token, which must hold over all restarts. */
export async function createClient(url: string): Promise<Client> {
  const session = await fetch(`${url}/api/session`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ username: 'admin', password: ADMIN_PASSWORD }),
    signal: AbortSignal.timeout(ANSWER_MS_MAX),
  });
  if (!session.ok) throw new Error(`signing in failed: ${session.status} ${await session.text()}`);
  const cookie = session.headers.getSetCookie()[0]?.split(';')[0] ?? '';
  const made = await fetch(`${url}/api/tokens`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', cookie },
    body: JSON.stringify({ name: 'faults', roles: ['manager', 'duty'], repositories: ['*'] }),
    signal: AbortSignal.timeout(ANSWER_MS_MAX),
  });
  if (!made.ok) throw new Error(`no token: ${made.status} ${await made.text()}`);
  const { token } = (await made.json()) as { readonly token: string };
  return clientWith(url, token);
}

function clientWith(url: string, token: string): Client {
  const headers = { authorization: `Bearer ${token}` };
  const get = async (path: string): Promise<Response> => {
    const signal = AbortSignal.timeout(ANSWER_MS_MAX);
    const answer = await fetch(`${url}${path}`, { headers, signal });
    if (!answer.ok) throw new Error(`${path}: ${answer.status} ${await answer.text()}`);
    return answer;
  };
  return {
    headers,
    openAlarms: async () => {
      const page = (await (await get('/api/alarms?state=open&limit=1000')).json()) as Page<Alarm>;
      if (page.next !== undefined) throw new Error('more open alarms than one page holds');
      return page.items;
    },
    acknowledge: async (alarm) => {
      const answer = await fetch(`${url}/api/alarms/${alarm}/acknowledgement`, {
        method: 'POST',
        headers: { ...headers, 'content-type': 'application/json' },
        body: '{}',
        signal: AbortSignal.timeout(ANSWER_MS_MAX),
      });
      await answer.body?.cancel();
      return answer.ok;
    },
    metrics: async () => parseMetrics(await (await get('/metrics')).text()),
    verifyJournal: async () =>
      (await (await get('/api/journal/verification')).json()) as ChainResult,
    listen: (onAlarm, onParts) => listen(url, token, { onAlarm, onParts }),
  };
}

function parseMetrics(text: string): ReadonlyMap<string, number> {
  const figures = new Map<string, number>();
  for (const line of text.split('\n')) {
    const match = /^([a-z_]+) (\S+)$/.exec(line);
    if (match?.[1] !== undefined) figures.set(match[1], Number(match[2]));
  }
  return figures;
}

function listen(
  url: string,
  token: string,
  to: {
    readonly onAlarm: (alarm: Alarm) => void;
    readonly onParts: ((parts: readonly PartState[] | undefined) => void) | undefined;
  },
): Promise<{ close(): void }> {
  const socket: Socket<LiveEvents> = io(url, {
    auth: { token },
    transports: ['websocket'],
    reconnectionDelayMax: 1_000,
  });
  socket.on('alarm', to.onAlarm);
  socket.on('parts', (parts) => to.onParts?.(parts));
  socket.on('disconnect', () => to.onParts?.(undefined));
  return new Promise((resolve, reject) => {
    const timer = setTimeout(() => reject(new Error('no live feed')), ANSWER_MS_MAX);
    socket.on('snapshot', ({ alarms, parts }) => {
      alarms.forEach(to.onAlarm);
      to.onParts?.(parts);
      clearTimeout(timer);
      resolve({ close: () => socket.disconnect() });
    });
  });
}
