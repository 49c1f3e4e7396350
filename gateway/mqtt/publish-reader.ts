/**
 * Takes the messages out of what a broker sends and leaves every other packet to mqtt.js, whose streams and copies
 * cost more than all that is done with a message afterwards. MQTT 3.1.1 and 5, QoS 0 and 1: all that we subscribe to.
 */

/** A PUBLISH packet. Its payload is a view into what was read. */
export interface Publication {
  readonly topic: string;
  readonly payload: Buffer;
  readonly retain: boolean;
  /** `undefined`: QoS 0, nothing to acknowledge. */
  readonly packetId: number | undefined;
}

const PUBLISH = 3;
const LENGTH_BYTES_MAX = 4;
const EMPTY = Buffer.alloc(0);

/**
 * Reads chunk by chunk, packets split in any way; gives back the whole packets that are not messages.
 * Throws on what is no MQTT: the connection can't be used any more.
 */
export function createPublishReader(
  version: 4 | 5,
  take: (publication: Publication) => void,
): (chunk: Buffer) => Buffer {
  let waiting: Buffer[] = [];
  let waitingBytes = 0;
  let wantedBytes = 0;

  return (chunk) => {
    let bytes = chunk;
    if (waitingBytes > 0) {
      waiting.push(chunk);
      waitingBytes += chunk.length;
      // A large packet is put together once, not with every piece of it.
      if (waitingBytes < wantedBytes) return EMPTY;
      bytes = Buffer.concat(waiting, waitingBytes);
      waiting = [];
      waitingBytes = 0;
    }
    const others: Buffer[] = [];
    let at = 0;
    while (at < bytes.length) {
      const body = bodyOf(bytes, at);
      const end = body === undefined ? bytes.length + 1 : body.end;
      if (body === undefined || end > bytes.length) {
        waiting = [bytes.subarray(at)];
        waitingBytes = bytes.length - at;
        wantedBytes = end - at;
        break;
      }
      const first = bytes[at] ?? 0;
      const qos = (first >> 1) & 3;
      if (first >> 4 === PUBLISH && qos < 2) {
        take(publicationOf(bytes, body, { first, qos, version }));
      } else others.push(bytes.subarray(at, end));
      at = end;
    }
    return others.length === 1 ? (others[0] ?? EMPTY) : Buffer.concat(others);
  };
}

interface Body {
  readonly from: number;
  readonly end: number;
}

/** The properties' length is written like a packet's. */
function afterProperties(bytes: Buffer, from: number, end: number): number {
  let length = 0;
  for (let i = 0; i < LENGTH_BYTES_MAX && from + i < end; i += 1) {
    const byte = bytes[from + i] ?? 0;
    length += (byte & 127) * 128 ** i;
    if (byte < 128) return from + i + 1 + length;
  }
  throw new Error('the broker sent a message whose properties have no end');
}

/** Where the packet that begins at `at` has its body; `undefined`: its length is not all here. */
function bodyOf(bytes: Buffer, at: number): Body | undefined {
  let length = 0;
  for (let i = 0; i < LENGTH_BYTES_MAX; i += 1) {
    const byte = bytes[at + 1 + i];
    if (byte === undefined) return undefined;
    length += (byte & 127) * 128 ** i;
    if (byte < 128) return { from: at + 2 + i, end: at + 2 + i + length };
  }
  throw new Error('the broker sent a packet without an end of its length');
}

function publicationOf(
  bytes: Buffer,
  { from, end }: Body,
  {
    first,
    qos,
    version,
  }: { readonly first: number; readonly qos: number; readonly version: 4 | 5 },
): Publication {
  const topicFrom = from + 2;
  const topicEnd = topicFrom + ((bytes[from] ?? 0) << 8) + (bytes[from + 1] ?? 0);
  const idEnd = qos === 0 ? topicEnd : topicEnd + 2;
  // What a message of MQTT 5 says beside its payload is nothing that we asked for.
  const payloadFrom = version === 5 ? afterProperties(bytes, idEnd, end) : idEnd;
  if (payloadFrom > end) throw new Error('the broker sent a message that ends within its head');
  return {
    topic: bytes.toString('utf8', topicFrom, topicEnd),
    payload: bytes.subarray(payloadFrom, end),
    retain: (first & 1) === 1,
    packetId: qos === 0 ? undefined : bytes.readUInt16BE(topicEnd),
  };
}
