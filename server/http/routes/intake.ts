/** Devices that push over HTTP: their messages go the way of all messages, and are answered when they are committed. */

import type { FastifyInstance, FastifyRequest } from 'fastify';
import { Type } from 'typebox';
import { DEVICE_MESSAGES_PER_SECOND, PACKET_BYTES_MAX } from '../../../domain/bounds.ts';
import type { DeviceCredential } from '../../../domain/device-credential.ts';
import { matchesPattern } from '../../../domain/topic-pattern.ts';
import { Bucket } from '../../../gateway/broker/pace.ts';
import { PUSHED_PREFIX } from '../../../gateway/our-topics.ts';
import type { Shown } from '../../devices/verify.ts';
import { forbidden, HttpError, notFound } from '../errors.ts';
import { createRouter, type HttpContext } from '../router.ts';

const DEVICES_MAX = 10_000;

/** Any body is taken as bytes: what it means is the profile's to say. */
export function addIntakeRoute(app: FastifyInstance, context: HttpContext): void {
  const { services, access } = context;
  const paces = new Map<string, Bucket>();
  void app.register(async (scope) => {
    scope.removeAllContentTypeParsers();
    const options = { parseAs: 'buffer' as const, bodyLimit: PACKET_BYTES_MAX };
    scope.addContentTypeParser('*', options, (_request, body, done) => done(null, body));
    createRouter(scope).add('POST /api/intake/:profile', {
      summary:
        'A message of a device that pushes over HTTP. HTTP Basic with its credential; answered when it is committed',
      body: Type.Unknown(),
      bytesMax: PACKET_BYTES_MAX,
      handle: async ({ body, params, reply, request }) => {
        const profile = params['profile'] ?? '';
        const credential = await whoIs(access, request);
        if (!services.devices.profiles().has(profile)) throw notFound('profile');
        const topic = `${PUSHED_PREFIX}${profile}/${credential.username}`;
        if (!credential.topics.some((pattern) => matchesPattern(pattern, topic))) {
          throw forbidden(`The credential does not allow ${topic}.`, 'topic-not-allowed');
        }
        keepPace(paces, credential);
        const payload = Buffer.isBuffer(body) ? body : Buffer.alloc(0);
        const raw = { topic, payload, retain: false, receivedAt: services.now() };
        try {
          await services.devices.takeIn(raw);
        } catch {
          throw new HttpError(503, 'not-stored', {
            message: 'It could not be stored; send it again.',
            retryAfterMs: 1_000,
          });
        }
        reply.type('text/plain; charset=utf-8');
        return 'OK';
      },
    });
  });
}

async function whoIs(
  access: HttpContext['access'],
  request: FastifyRequest,
): Promise<DeviceCredential> {
  const shown = basicOf(request.headers.authorization);
  if (!shown) throw strange('Send the credential of the device with HTTP Basic.');
  const verified = await access.devices.verify({ ...shown, purpose: 'http', address: request.ip });
  if (verified.ok) return verified.credential;
  if (verified.why === 'busy') {
    const message = 'Too many devices are signing in; try again.';
    throw new HttpError(429, 'busy', { message, retryAfterMs: 5_000 });
  }
  // Which half is wrong is not told.
  throw strange('The credential opens nothing here.');
}

function strange(message: string): HttpError {
  return new HttpError(401, 'not-signed-in', { message });
}

function basicOf(header: string | undefined): Pick<Shown, 'username' | 'secret'> | undefined {
  const encoded = /^Basic +([A-Za-z0-9+/]+=*)$/i.exec(header ?? '')?.[1];
  if (encoded === undefined) return undefined;
  const text = Buffer.from(encoded, 'base64').toString('utf8');
  const colon = text.indexOf(':');
  if (colon < 1) return undefined;
  return { username: text.slice(0, colon), secret: text.slice(colon + 1) };
}

function keepPace(paces: Map<string, Bucket>, credential: DeviceCredential): void {
  const nowMs = performance.now();
  const { id, messagesPerSecond = DEVICE_MESSAGES_PER_SECOND } = credential;
  let pace = paces.get(id);
  if (!pace) {
    if (paces.size >= DEVICES_MAX) paces.clear();
    paces.set(id, (pace = new Bucket(() => messagesPerSecond, nowMs)));
  }
  const waitMs = pace.waitMs(nowMs);
  if (waitMs > 0) {
    const message = `More than ${messagesPerSecond} messages a second; send them again later.`;
    throw new HttpError(429, 'too-fast', { message, retryAfterMs: waitMs });
  }
  pace.take(1, nowMs);
}
