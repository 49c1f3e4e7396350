/** Looks at the lengths of MQTT packets as they come, so that one packet can't fill the memory. */

/** Where a packet's fixed header ends, found byte by byte: the length may be split over chunks. */
export interface PacketSizer {
  /** Whether all packets that begin in this chunk keep to the limit. */
  accept(chunk: Uint8Array): boolean;
}

/** The first packet (CONNECT) comes from anybody and has its own, lower limit. */
export function createPacketSizer(limits: {
  readonly firstBytesMax: number;
  readonly packetBytesMax: number;
}): PacketSizer {
  let bodyBytesLeft = 0;
  let inHeader = false;
  let length = 0;
  let multiplier = 1;
  let bytesMax = limits.firstBytesMax;
  return {
    accept(chunk) {
      let i = 0;
      while (i < chunk.length) {
        if (bodyBytesLeft > 0) {
          const step = Math.min(bodyBytesLeft, chunk.length - i);
          bodyBytesLeft -= step;
          i += step;
        } else if (!inHeader) {
          inHeader = true;
          length = 0;
          multiplier = 1;
          i++;
        } else {
          const byte = chunk[i++] ?? 0;
          length += (byte & 127) * multiplier;
          multiplier *= 128;
          if (length > bytesMax || multiplier > 128 ** 4) return false;
          if ((byte & 128) !== 0) continue;
          bodyBytesLeft = length;
          inHeader = false;
          bytesMax = limits.packetBytesMax;
        }
      }
      return true;
    },
  };
}
