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
/**
 * How often what rules remember is written, at least. All that changed is one commit: with a thousand sensors some
 * 50 to 120 ms in which no alarm is judged, so it must be seldom. A start replays so much of the spool.
 */
export const SNAPSHOT_INTERVAL_MS = 15_000;
/** Inputs waiting for a commit that fails; above it climate readings are dropped from memory unacknowledged. */
export const PENDING_INPUTS_MAX = 200_000;
