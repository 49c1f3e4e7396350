/** Seeds and the beginning of the scored year: fixed before anything was tuned. */

/** What these raise may be looked at, and rules changed by it. */
export const TUNING_SEEDS = [101, 102] as const;
/** What these raise is only counted. */
export const SCORING_SEEDS = [7, 2024, 90_210] as const;
/** 2025-01-01 00:00 in Taiyuan. */
export const FROM = Date.UTC(2024, 11, 31, 16);
