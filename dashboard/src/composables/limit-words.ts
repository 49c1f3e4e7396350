/** Limits in words. */

import type { Limit } from '../../../domain/limits.ts';
import { useText } from './text.ts';

/** A limit, or a change that will be one. */
export type Bounds = Pick<Limit, 'metric' | 'kind' | 'min' | 'max' | 'swing' | 'averageHours'>;

export function useLimitWords() {
  const { t, bound } = useText();

  /** The bounds with their unit. */
  function limitText(limit: Bounds): string {
    if (limit.kind === 'swing' && limit.swing) {
      const peak = t('limit.peak', { span: bound(limit.metric, limit.swing.peakToPeak) });
      const from = limit.swing.fromSetPoint;
      return from === undefined
        ? peak
        : `${t('limit.fromSetPoint', { span: bound(limit.metric, from) })} · ${peak}`;
    }
    if (limit.kind === 'mean' && limit.max !== undefined) {
      const max = bound(limit.metric, limit.max);
      return t('limit.meanAtMost', { max, hours: limit.averageHours ?? 1 });
    }
    if (limit.min !== undefined && limit.max !== undefined)
      return t('limit.between', { min: limit.min, max: bound(limit.metric, limit.max) });
    if (limit.max !== undefined) return t('limit.atMost', { max: bound(limit.metric, limit.max) });
    if (limit.min !== undefined) return t('limit.atLeast', { min: bound(limit.metric, limit.min) });
    return t('limit.none');
  }

  return { limitText };
}
