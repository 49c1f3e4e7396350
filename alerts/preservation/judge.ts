/** The figures that rules of preservation judge, and what a rule says of one. Three answers: not knowing is not normal. */

import type { Verdict } from '../../domain/alarm.ts';
import { settledAir, type ClimateRecord } from '../../domain/preservation/climate-record.ts';
import { lifetimeOf } from '../../domain/preservation/lifetime.ts';
import { absoluteHumidityGM3, type Air } from '../../domain/preservation/moist-air.ts';
import { moistureContentPercent } from '../../domain/preservation/moisture-content.ts';
import { preservationIndexYears, twpiYears } from '../../domain/preservation/preservation-index.ts';
import type { Condensation } from '../../domain/preservation/surface.ts';
import type { PreservationRule } from '../rules/rule-types.ts';
import type { AirFigure, RecordFigure } from './rule.ts';

/** `undefined`: not known. */
export function airFigure(
  figure: AirFigure,
  air: Air,
  condensation: () => Condensation,
): number | undefined {
  switch (figure) {
    case 'dew_point_margin': {
      const found = condensation();
      return found.source === 'none' ? undefined : found.marginK;
    }
    case 'absolute_humidity':
      return absoluteHumidityGM3(air);
    case 'lifetime':
      return lifetimeOf(air, 'paper')?.multiplier;
  }
}

/** After an hour was added: `before` is the record without it. `undefined`: not known yet. */
export function recordFigure(
  figure: RecordFigure,
  record: ClimateRecord,
  before: ClimateRecord,
): number | undefined {
  switch (figure) {
    case 'pi':
      return preservationIndexYears(settledAir(record.smoother));
    case 'twpi':
      return twpiYears(record.twpi);
    case 'emc':
      return moistureContentPercent(settledAir(record.smoother));
    case 'mould_risk':
      // The hour that reaches 1 begins anew at 0: it is judged by the 1 that it reached.
      return record.mould.events > before.mould.events ? 1 : record.mould.total;
    case 'mould_index':
      return record.mouldIndex.index;
  }
}

// Decimal fractions must not cross a bound by rounding alone.
const ROUNDING = 1e-9;

/** Met from the limit on, inclusive; over when it is back by more than the dead band. */
export function judgeFigure(
  rule: Pick<PreservationRule, 'side' | 'limit' | 'deadBand'>,
  value: number | undefined,
  active: boolean,
): Verdict {
  if (value === undefined) return 'cannot-tell';
  const beyond = rule.side === 'above' ? value - rule.limit : rule.limit - value;
  return beyond >= (active ? -rule.deadBand : 0) - ROUNDING ? 'met' : 'not-met';
}
