/** How much one message may make a profile do. */

/** Values that one path may find in one record. */
export const MATCHES_MAX = 256;
/** Records in one message. */
export const RECORDS_MAX = 1_000;
/** Samples and events of one message. */
export const SAMPLES_MAX = 4_000;
export const ISSUES_MAX = 64;
/** Characters of a device's name, a channel, a text of an event. */
export const NAME_CHARS_MAX = 200;
/** Of a text that is to be a number or a word. */
export const SCALAR_CHARS_MAX = 200;
/** Values in an issue. */
export const DETAIL_CHARS_MAX = 80;
