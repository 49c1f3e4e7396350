import { describe, expect, it } from 'vitest';
import { cautionsOf } from '../../../../domain/preservation/cautions.ts';
import { ventilationWindow } from '../../../../domain/preservation/ventilation-window.ts';
import { setPointWhatIf } from '../../../../domain/preservation/what-if.ts';

const air = (temperatureC: number, humidityPercent: number) => ({ temperatureC, humidityPercent });
const PAPER = { temperature: { min: 14, max: 24 }, humidity: { min: 45, max: 60 } };

function kindsAt(t: number, rh: number, offsetK?: number) {
  const found = setPointWhatIf(air(20, 50), { temperatureC: t, humidityPercent: rh });
  if (found.kind !== 'climate') throw new Error(found.kind);
  return cautionsOf(found.then, { limits: PAPER, offsetK }).map((caution) =>
    caution.kind === 'outside-limit' ? `${caution.metric} ${caution.side}` : caution.kind,
  );
}

describe('another set-point with a humidity of its own', () => {
  it('takes both as they are, and compares PI and lifetime', () => {
    const found = setPointWhatIf(air(20, 50), { temperatureC: 14, humidityPercent: 45 });
    if (found.kind !== 'climate') throw new Error(found.kind);
    expect(found.then.humidityPercent).toBe(45);
    expect(found.preservationRatio).toBeCloseTo(107.446 / 43.705, 3);
    expect(found.lifetimeRatio).toBeGreaterThan(2);
  });

  it('is not known beyond what there can be', () => {
    const set = { temperatureC: 14, humidityPercent: 101 };
    expect(setPointWhatIf(air(20, 50), set)).toEqual({ kind: 'unknown' });
  });

  it.for([
    [18, 50, undefined, []],
    [18, 50, -3, []],
    [18, 80, -3, ['condensation', 'too-moist', 'mould', 'humidity above']],
    [18, 80, undefined, ['too-moist', 'mould', 'humidity above']],
    [20, 20, undefined, ['too-dry', 'humidity below']],
    [10, 50, undefined, ['temperature below']],
    [26, 50, undefined, ['temperature above']],
  ] as const)('%i °C and %i %%RH, coldest surface %s K: %j', ([t, rh, offset, kinds]) => {
    expect(kindsAt(t, rh, offset)).toEqual(kinds);
  });
});

describe('the ventilation window with its reasons', () => {
  const judge = (
    indoor: readonly [number, number],
    outdoor: readonly [number, number],
    more: { readonly surfaceC?: number; readonly limits?: typeof PAPER | object } = {},
  ) => {
    const q = { indoor: air(...indoor), outdoor: air(...outdoor), limits: PAPER, ...more };
    const found = ventilationWindow(q);
    const against = found?.reasons.filter(({ ok }) => ok === false).map(({ kind }) => kind);
    const open = found?.reasons.filter(({ ok }) => ok === undefined).map(({ kind }) => kind);
    return { open: found?.open, against, notJudged: open };
  };

  it.for([
    ['too moist inside, drier outside', [20, 65], [18, 55], true, []],
    ['too moist inside, as moist outside', [20, 65], [20, 65], false, ['moisture', 'humidity']],
    ['within limits, drier outside, right after it', [20, 55], [17, 60], true, []],
    ['within limits, outside would make it too dry', [20, 50], [16, 45], false, ['humidity']],
    ['within limits, moister outside', [20, 50], [23, 70], false, ['moisture', 'humidity']],
    ['too dry inside, moister outside', [20, 40], [20, 55], true, []],
    ['too dry inside, drier outside', [20, 40], [20, 30], false, ['moisture', 'humidity']],
    ['dry but freezing outside', [20, 65], [-5, 60], false, ['temperature']],
  ] as const)('%s', ([_what, indoor, outdoor, open, against]) => {
    expect(judge(indoor, outdoor)).toEqual({ open, against, notJudged: [] });
  });

  it('is closed where outdoor air would wet the coldest surface', () => {
    expect(judge([20, 65], [18, 60], { surfaceC: 11 }).against).toEqual(['dew-point']);
    expect(judge([20, 65], [18, 60], { surfaceC: 14 }).open).toBe(true);
  });

  it.for([
    [undefined, 'air', 20],
    [16, 'surface', 16],
  ] as const)(
    'says what the outdoor dew point is compared with: %s',
    ([surfaceC, of, coldestC]) => {
      const q = { indoor: air(20, 50), outdoor: air(18, 55), limits: PAPER };
      const found = ventilationWindow(surfaceC === undefined ? q : { ...q, surfaceC });
      expect(found?.reasons).toContainEqual({ kind: 'dew-point', ok: true, of, coldestC });
    },
  );

  it('does not judge what no limit is in force for, and says so', () => {
    const found = judge([20, 65], [2, 60], { limits: {} });
    expect(found).toEqual({ open: true, against: [], notJudged: ['temperature', 'humidity'] });
  });

  it('knows nothing without both', () => {
    expect(
      ventilationWindow({ indoor: air(20, 50), outdoor: air(NaN, 50), limits: {} }),
    ).toBeUndefined();
  });
});
