/** What a person or a program sees of a running Lantai: the API and the live feed. */

import { io, type Socket } from 'socket.io-client';
import type { AlarmView, LiveEvents, LiveSnapshot, Page } from '../../domain/api.ts';
import type { Incident } from '../../domain/incident.ts';
import type { QuarantineEntry } from '../../domain/quarantine.ts';
import { ADMIN_PASSWORD } from './lantai.ts';

const ANSWER_MS_MAX = 15_000;

export interface Asking {
  readonly body?: unknown;
  readonly headers?: Readonly<Record<string, string>>;
}

/** One request; `json` is `undefined` for an answer that is none. */
export async function ask(
  url: string,
  route: string,
  asking: Asking = {},
): Promise<{ readonly status: number; readonly headers: Headers; readonly json: unknown }> {
  const [method = 'GET', path = ''] = route.split(' ');
  const { body } = asking;
  const answer = await fetch(`${url}${path}`, {
    method,
    headers: {
      ...(body === undefined ? {} : { 'content-type': 'application/json' }),
      ...asking.headers,
    },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    signal: AbortSignal.timeout(ANSWER_MS_MAX),
  });
  const text = await answer.text();
  const isJson = answer.headers.get('content-type')?.includes('json') === true && text !== '';
  const json: unknown = isJson ? JSON.parse(text) : undefined;
  return { status: answer.status, headers: answer.headers, json };
}

export function signIn(url: string, username: string, password: string) {
  return ask(url, 'POST /api/session', { body: { username, password } });
}

export interface Client {
  /** The answer's body; throws unless the answer is good. */
  get<T>(path: string): Promise<T>;
  act(route: string, body?: unknown): Promise<unknown>;
  openAlarms(): Promise<readonly AlarmView[]>;
  openIncidents(): Promise<readonly Incident[]>;
  /** All pages, newest first. */
  quarantine(): Promise<readonly QuarantineEntry[]>;
  /** A figure without labels, from `/metrics`. */
  figure(name: string): Promise<number>;
  feed(): Promise<Feed>;
  readonly cookie: string;
}

/** Signs in as the first administrator, who also manages. */
export async function clientOf(url: string, password = ADMIN_PASSWORD): Promise<Client> {
  const session = await signIn(url, 'admin', password);
  if (session.status !== 200) throw new Error(`signing in failed: ${session.status}`);
  const cookie = session.headers.getSetCookie()[0]?.split(';')[0] ?? '';
  const headers = { cookie };
  const act = async (route: string, body?: unknown): Promise<unknown> => {
    const { status, json } = await ask(url, route, { headers, body });
    if (status >= 300) throw new Error(`${route}: ${status} ${JSON.stringify(json)}`);
    return json;
  };
  const get = async <T>(path: string): Promise<T> => (await act(`GET ${path}`)) as T;
  return {
    cookie,
    get,
    act,
    openAlarms: async () => {
      return (await get<Page<AlarmView>>('/api/alarms?state=open&limit=1000')).items;
    },
    openIncidents: async () => {
      return (await get<Page<Incident>>('/api/incidents?state=open&limit=1000')).items;
    },
    quarantine: () => allPages(get),
    figure: async (name) => {
      const answer = await fetch(`${url}/metrics`, { headers });
      const line = new RegExp(`^${name} (\\S+)$`, 'm').exec(await answer.text())?.[1];
      if (line === undefined) throw new Error(`no figure ${name}`);
      return Number(line);
    },
    feed: () => openFeed(url, cookie),
  };
}

async function allPages(get: Client['get']): Promise<readonly QuarantineEntry[]> {
  const all: QuarantineEntry[] = [];
  let cursor = '';
  do {
    const more = cursor === '' ? '' : `&cursor=${encodeURIComponent(cursor)}`;
    const page = await get<Page<QuarantineEntry>>(`/api/quarantine?limit=1000${more}`);
    all.push(...page.items);
    cursor = page.next ?? '';
  } while (cursor !== '');
  return all;
}

export interface Feed {
  readonly socket: Socket<LiveEvents>;
  readonly snapshot: LiveSnapshot;
  close(): void;
}

/** Joins the live feed as the browser does: with the session's cookie, from our own page. */
export function openFeed(url: string, cookie: string, origin = url): Promise<Feed> {
  const socket: Socket<LiveEvents> = io(url, {
    transports: ['websocket'],
    extraHeaders: { origin, ...(cookie === '' ? {} : { cookie }) },
    reconnection: false,
    forceNew: true,
    timeout: ANSWER_MS_MAX,
  });
  return new Promise((resolve, reject) => {
    const timer = setTimeout(() => fail(new Error('no live feed')), ANSWER_MS_MAX);
    const fail = (error: Error): void => {
      clearTimeout(timer);
      socket.disconnect();
      reject(error);
    };
    socket.once('connect_error', fail);
    socket.once('snapshot', (snapshot) => {
      clearTimeout(timer);
      resolve({ socket, snapshot, close: () => socket.disconnect() });
    });
  });
}
