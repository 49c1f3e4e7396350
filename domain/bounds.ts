/** Every bound in one place; each has its unit in the name. Their relations are tested. */

/** A larger telemetry payload goes to quarantine. */
export const PAYLOAD_BYTES_MAX = 64 * 1024;
/** A larger packet is not read at all: the connection is closed. Must let the quarantine see 1 MB. */
export const PACKET_BYTES_MAX = 2 * 1024 * 1024;
/** Objects in one telemetry array. */
export const BATCH_OBJECTS_MAX = 1_000;
/** Device time further ahead than this is wrong. */
export const CLOCK_AHEAD_MS_MAX = 2 * 60_000;
/** Device time further back than this is wrong, not late. */
export const CLOCK_BEHIND_MS_MAX = 366 * 86_400_000;
/** Spool on disk; above it climate readings are thinned, safety metrics never. */
export const SPOOL_BYTES_MAX = 2 * 1024 * 1024 * 1024;
/** Kept on disk so that alarms, journal and outbox can be stored when it is full. */
export const RESERVE_BYTES = 32 * 1024 * 1024;
/** Nothing stored for so long: safety alarms are told all the same, marked. */
export const UNSTORED_TELL_AFTER_MS = 3_000;
/** Wall and monotonic clock this far apart: a jump. */
export const CLOCK_JUMP_MS = 30_000;
/** How often a snapshot of what rules remember begins, at most. A start replays so much of the spool, and the spread. */
export const SNAPSHOT_INTERVAL_MS = 15_000;
/** It is written in pieces over so long: all at once it held up every alarm for 50 to 120 ms with a thousand sensors. */
export const SNAPSHOT_SPREAD_MS = 5_000;
/** Inputs waiting for a commit that fails; above it climate readings are dropped from memory unacknowledged. */
export const PENDING_INPUTS_MAX = 200_000;

/** What one device credential may publish in a second, when it names no rate of its own. */
export const DEVICE_MESSAGES_PER_SECOND = 200;
/** So many seconds' worth may come at once: a gateway that was away brings what it kept. */
export const DEVICE_BURST_SECONDS = 10;
/** The highest rate that a credential may name: more is not one device. */
export const DEVICE_MESSAGES_PER_SECOND_MAX = 20_000;
/** What nobody understands or nobody may publish, from one device in a second, while the others say little. */
export const GARBAGE_PER_SECOND_MAX = 1_000;
/** The same while the others say a lot: garbage gives way, and is still put aside for people to see. */
export const GARBAGE_PER_SECOND_MIN = 10;
/** Levels of a topic that is published or subscribed to. */
export const TOPIC_LEVELS_MAX = 16;
/** Bytes of such a topic. */
export const TOPIC_BYTES_MAX = 512;
/** Messages of one connection that wait for their commit; above it its socket is read only now and then. */
export const CLIENT_WAITING_MESSAGES_MAX = 2_000;
/** What a subscriber has not taken yet; above it the subscriber is cut off, so that nobody waits for it. */
export const CLIENT_UNREAD_BYTES_MAX = 4 * 1024 * 1024;
/** Connections at once with one device credential. */
export const CONNECTIONS_PER_DEVICE_MAX = 16;
/** Connections that have not said who they are; the oldest makes room for a newcomer. */
export const CONNECTIONS_UNPROVEN_MAX = 1_000;
/** Clients of the embedded broker that are remembered for people to see. */
export const CLIENTS_SEEN_MAX = 500;
/** Device credentials that are in use. */
export const DEVICE_CREDENTIALS_MAX = 5_000;
