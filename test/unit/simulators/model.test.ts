import { describe, expect, it } from 'vitest';
import { HOUR_MS, MINUTE_MS } from '../../../domain/time.ts';
import {
  dewPointC,
  humidityPercent,
  moistureGM3,
  saturationGM3,
} from '../../../simulators/model/air.ts';
import { createLocalTime } from '../../../simulators/model/local-time.ts';
import { outdoorAir } from '../../../simulators/model/outdoor.ts';
import { buildOf, type RoomBuild } from '../../../simulators/model/room-classes.ts';
import {
  advanceRoom,
  roomHumidity,
  settledRoom,
  type RoomForcing,
} from '../../../simulators/model/room.ts';
import { batteryPercent, lag, TEMPERATURE_SENSOR } from '../../../simulators/model/sensor.ts';
import { happeningsOf, visitsOfDay } from '../../../simulators/model/visits.ts';

const localTime = createLocalTime('Asia/Shanghai');
const cold = { temperatureC: -10, humidity: 50, moistureGM3: moistureGM3(-10, 50) };
const hot = { temperatureC: 32, humidity: 60, moistureGM3: moistureGM3(32, 60) };

function after(hours: number, build: RoomBuild, forcing: RoomForcing & { outdoor: typeof cold }) {
  const input = { ...forcing, people: 0 };
  return advanceRoom(settledRoom(build), { build, input, elapsedMs: hours * HOUR_MS });
}

describe('the air of a room', () => {
  it('falls in relative humidity when it is heated with the same water in it', () => {
    const water = moistureGM3(15, 60);
    expect(humidityPercent(22, water)).toBeLessThan(40);
    expect(humidityPercent(15, water)).toBeCloseTo(60);
  });

  it.each([
    [20, 50, 9.3],
    [30, 80, 26.2],
    [0, 100, 0],
    [20, 101.3, 20], // a sensor's noise above saturation
    [20, 0, -40], // the end of its scale
  ])('at %d °C and %d %%RH has its dew point at %d °C', (temperature, humidity, dew) => {
    expect(dewPointC(temperature, humidity)).toBeCloseTo(dew, 0);
  });

  it('holds as much water as the assessment reckons with, and never less when it is hotter', () => {
    expect(Math.abs(saturationGM3(20) - 17.3)).toBeLessThan(0.1);
    expect(saturationGM3(70)).toBe(saturationGM3(50));
    expect(() => saturationGM3(NaN)).toThrow(RangeError);
  });

  it('cools towards the outdoor air after the heating has failed, but never below it', () => {
    const build = buildOf('paper');
    const temperatures = [6, 24, 72, 1000].map(
      (hours) => after(hours, build, { hvac: 'off', outdoor: cold }).temperatureC,
    );
    expect(temperatures).toEqual(temperatures.toSorted((a, b) => b - a));
    expect(temperatures[0]).toBeLessThan(20);
    expect(temperatures.at(-1)).toBeGreaterThanOrEqual(-10);
    expect(temperatures.at(-1)).toBeLessThan(-9.9);
  });

  it.each([
    ['winter', cold],
    ['summer', hot],
  ])('stays near its set-point in %s while the HVAC runs', (_, outdoor) => {
    const build = buildOf('paper', { temperature: 20, humidity: 52 });
    const state = after(48, build, { outdoor });
    expect(Math.abs(state.temperatureC - 20)).toBeLessThan(1);
    expect(Math.abs(roomHumidity(state) - 52)).toBeLessThan(3);
  });

  it('moves more slowly in humidity the more paper there is', () => {
    const buffered = buildOf('paper', { humidity: 50 });
    const bare = { ...buffered, bufferExchangeGM3PerH: 0 };
    const forcing = { hvac: 'off', outdoor: hot } as const;
    const rise = (build: RoomBuild) => roomHumidity(after(3, build, forcing)) - 50;
    expect(rise(buffered)).toBeGreaterThan(0);
    expect(rise(buffered)).toBeLessThan(rise(bare) / 2);
  });

  it('takes the same course whether its time is scaled or simply longer', () => {
    const build = buildOf('paper');
    const input = { hvac: 'off', outdoor: cold, people: 0 } as const;
    const slow = advanceRoom(settledRoom(build), { build, input, elapsedMs: HOUR_MS });
    const fast = advanceRoom(settledRoom(build), {
      build,
      input: { ...input, timeScale: 60 },
      elapsedMs: MINUTE_MS,
    });
    expect(fast.temperatureC).toBeCloseTo(slow.temperatureC, 6);
  });
});

describe('the weather', () => {
  const meanOf = (month: number): number => {
    const hours = Array.from({ length: 28 * 24 }, (_, h) => Date.UTC(2026, month, 2) + h * HOUR_MS);
    const temperatures = hours.map((at) => outdoorAir(at, { seed: 1, localTime }).temperatureC);
    return temperatures.reduce((a, b) => a + b, 0) / temperatures.length;
  };

  it('has the January and July of Taiyuan', () => {
    expect(Math.abs(meanOf(0) + 6)).toBeLessThan(2);
    expect(Math.abs(meanOf(6) - 23.5)).toBeLessThan(2);
  });

  it('is warmer in the afternoon than before dawn, by local time', () => {
    const dawn = outdoorAir(Date.parse('2026-05-10T04:00:00+08:00'), { seed: 1, localTime });
    const noon = outdoorAir(Date.parse('2026-05-10T15:00:00+08:00'), { seed: 1, localTime });
    expect(noon.temperatureC - dawn.temperatureC).toBeGreaterThan(5);
  });
});

describe('a sensor', () => {
  it('follows a step of the air with its response time', () => {
    const following = lag(20, { air: 30, kind: TEMPERATURE_SENSOR, elapsedMs: 120_000 });
    expect(following).toBeCloseTo(26.32, 1);
  });

  it('runs its battery down to nothing and no further', () => {
    expect(batteryPercent(80, 0)).toBe(80);
    expect(batteryPercent(80, 365 * 24 * HOUR_MS)).toBe(30);
    expect(batteryPercent(80, 5 * 365 * 24 * HOUR_MS)).toBe(0);
  });
});

describe('people', () => {
  const plan = { door: 'd1', visitsPerDay: 8, seed: 1, localTime };
  const dayStart = (text: string): number => localTime.startOfDay(Date.parse(text));

  it('come in working hours only, and leave again', () => {
    const visits = visitsOfDay(plan, dayStart('2026-11-20T12:00:00+08:00'));
    expect(visits.length).toBeGreaterThan(2);
    for (const visit of visits) {
      expect(localTime.hourOfDay(visit.enterAt)).toBeGreaterThan(8.5);
      expect(localTime.hourOfDay(visit.leaveAt)).toBeLessThan(17.5);
      expect(visit.leaveAt).toBeGreaterThan(visit.enterAt);
    }
  });

  it('stay at home at the week-end', () => {
    expect(visitsOfDay(plan, dayStart('2026-11-21T12:00:00+08:00'))).toEqual([]);
  });

  it('do not come in who are inside already', () => {
    const busy = { ...plan, visitsPerDay: 120 };
    let met = 0;
    for (let day = 0; day < 5; day += 1) {
      const visits = visitsOfDay(busy, dayStart('2026-11-16T12:00:00+08:00') + day * 24 * HOUR_MS);
      for (const [i, one] of visits.entries()) {
        for (const other of visits.slice(i + 1)) {
          if (other.enterAt > one.leaveAt) continue;
          met += 1;
          expect(other.person).not.toBe(one.person);
        }
      }
    }
    // There were people inside together at all.
    expect(met).toBeGreaterThan(10);
  });

  it('close the door behind them', () => {
    const [visit] = visitsOfDay(plan, dayStart('2026-11-20T12:00:00+08:00'));
    const events = visit ? happeningsOf(visit).map((h) => h.event) : [];
    expect(events.filter((e) => e === 'door_opened')).toHaveLength(2);
    expect(events.filter((e) => e === 'door_closed')).toHaveLength(2);
  });
});
