/** What the intake remembers of one sensor or door, and for how long; every window has an end. */

/** Recent (time, value) keys of one metric; older repeats are settled by the stores, where the first value wins. */
export const KEYS_PER_METRIC_MAX = 64;
/** Of these, so many newest ones go into a snapshot; later ones come back from the spool. */
export const KEYS_PER_METRIC_SAVED_MAX = 16;
/** Recent sequence numbers of one sensor or door. */
export const SEQUENCES_PER_SOURCE_MAX = 128;
/** Recent messages without time and sequence. Mosquitto 2.0 may have hundreds in flight after a reconnect. */
export const DELIVERIES_PER_SOURCE_MAX = 256;
/** Recent moments at which a door said something. */
export const EVENT_MOMENTS_PER_DOOR_MAX = 256;
/** Topics whose meaning is kept at hand; above it the cache starts anew. */
export const ROUTES_MAX = 20_000;
/** A redelivery comes soon after the reconnect; later an equal message is a new one. */
export const REDELIVERY_AFTER_RECONNECT_MS_MAX = 60_000;
/** A repeated sequence number with the same payload and no time is a repeat for so long; later the device restarted. */
export const SEQUENCE_REPEAT_MS_MAX = 10 * 60_000;
/** The same trouble of the same field is told again after this. */
export const ISSUE_REPEAT_MS = 60_000;
/** Fields of one source whose troubles are told apart; further names share one place. */
export const ISSUE_NAMES_PER_SOURCE_MAX = 32;
export const ISSUES_PER_MESSAGE_MAX = 16;
/** A field's name in an issue or a sentence. */
export const FIELD_NAME_CHARS_MAX = 64;
/** A topic in the quarantine. */
export const TOPIC_CHARS_MAX = 512;
/** Text fields of an access event. */
export const ACCESS_TEXT_CHARS_MAX = 200;
/** Nesting beyond this is refused as such. */
export const NESTING_LEVELS_MAX = 8;
/** Lists of devices and discovery are longer and deeper than telemetry. */
export const CATALOGUE_BYTES_MAX = 1024 * 1024;
export const CATALOGUE_LEVELS_MAX = 16;
/**
 * A safety reading whose device time is this close to its receipt is live even if a newer time was seen before: a
 * clock that ran ahead and was put right must not make a fire historical.
 */
export const SAFETY_LIVE_WITHIN_MS_MAX = 5_000;
/** How far a time of receipt may be moved so that readings of one millisecond stay apart. */
export const RECEIVED_BUMP_MS_MAX = 2_000;
