/** One room's air and paper: first order, pure, time handed in. */

import { HOUR_MS, MINUTE_MS } from '../../domain/time.ts';
import { humidityPercent, moistureGM3, saturationGM3 } from './air.ts';
import type { OutdoorAir } from './outdoor.ts';
import type { RoomBuild } from './room-classes.ts';

export interface RoomState {
  readonly temperatureC: number;
  /** Water in the air, g/m³. */
  readonly moistureGM3: number;
  /** The %RH at which the room's paper would neither give nor take water. */
  readonly paperHumidity: number;
  readonly climate: 'heating' | 'cooling' | 'idle';
  readonly moisture: 'humidifying' | 'drying' | 'idle';
}

/** What is done to a room from outside its own walls and machines. */
export interface RoomForcing {
  /** `off`: stopped. `stuck-open`: heating and humidifier run up to their safety limits. */
  readonly hvac?: 'off' | 'stuck-open';
  /** Humidifier and dehumidifier are stopped; heating and cooling go on. */
  readonly moisture?: 'off';
  readonly heatKPerH?: number;
  readonly waterGM3PerH?: number;
  readonly doorOpen?: boolean;
  /** The room's physics runs this many times faster than the clock. */
  readonly timeScale?: number;
}

export interface RoomInput extends RoomForcing {
  readonly outdoor: OutdoorAir;
  readonly people: number;
  /** What the humidistat is wrong by, %RH: the room settles that much off its set-point. */
  readonly humidistatError?: number;
}

/** Safety limits of a stuck unit above its set-point: high-limit thermostat and humidistat. Our own proposal. */
const STUCK_TEMPERATURE_ABOVE_K = 9;
const STUCK_HUMIDITY_MAX = 76;
/** A corridor is between the room and the street; an open door lets its air in. */
const CORRIDOR = { temperatureC: 21, humidity: 42 } as const;
const DOOR_AIR_CHANGES_PER_H = 2;
const PERSON_HEAT_K_PER_H = 0.06;
const PERSON_WATER_GM3_PER_H = 0.1;
/** Longer steps would overshoot where the air follows the paper. */
const STEP_MS_MAX = MINUTE_MS;

/** A room that has long been at its set-point. */
export function settledRoom(build: RoomBuild): RoomState {
  const { temperature, humidity } = build.setPoint;
  return {
    temperatureC: temperature,
    moistureGM3: moistureGM3(temperature, humidity),
    paperHumidity: humidity,
    climate: 'idle',
    moisture: 'idle',
  };
}

/** Relative humidity of the room's air, %RH. */
export function roomHumidity(state: RoomState): number {
  return Math.min(100, humidityPercent(state.temperatureC, state.moistureGM3));
}

/** The room after `elapsedMs`, under constant conditions. */
export function advanceRoom(state: RoomState, { build, input, elapsedMs }: RoomAdvance): RoomState {
  const spanMs = elapsedMs * (input.timeScale ?? 1);
  const steps = Math.max(1, Math.ceil(spanMs / STEP_MS_MAX));
  const hours = spanMs / steps / HOUR_MS;
  let next = state;
  for (let i = 0; i < steps; i += 1) next = step(next, { build, input, hours });
  return next;
}

export interface RoomAdvance {
  readonly build: RoomBuild;
  readonly input: RoomInput;
  readonly elapsedMs: number;
}

interface Step {
  readonly build: RoomBuild;
  readonly input: RoomInput;
  readonly hours: number;
}

function step(state: RoomState, { build, input, hours }: Step): RoomState {
  const climate = climateMode(state, build, input);
  const moisture = moistureMode(state, build, input);
  const { outdoor } = input;
  const doorChangesPerH = input.doorOpen ? DOOR_AIR_CHANGES_PER_H : 0;
  const heatKPerH =
    (outdoor.temperatureC - state.temperatureC) / build.timeConstantH +
    doorChangesPerH * 0.15 * (CORRIDOR.temperatureC - state.temperatureC) +
    machineHeat(climate, build) +
    build.machineHeatKPerH +
    input.people * PERSON_HEAT_K_PER_H +
    (input.heatKPerH ?? 0);
  const corridorGM3 = moistureGM3(CORRIDOR.temperatureC, CORRIDOR.humidity);
  const paperGM3PerH =
    build.bufferExchangeGM3PerH * (state.paperHumidity - humidityPercentOf(state));
  const waterGM3PerH =
    build.airChangesPerH * (outdoor.moistureGM3 - state.moistureGM3) +
    doorChangesPerH * (corridorGM3 - state.moistureGM3) +
    paperGM3PerH +
    machineWater(moisture, build) +
    input.people * PERSON_WATER_GM3_PER_H +
    (input.waterGM3PerH ?? 0);
  const temperatureC = state.temperatureC + heatKPerH * hours;
  const wettest = saturationGM3(temperatureC);
  const water = Math.min(wettest, Math.max(0.2, state.moistureGM3 + waterGM3PerH * hours));
  const paperHumidity = state.paperHumidity - (paperGM3PerH * hours) / build.bufferCapacityGM3;
  return { temperatureC, moistureGM3: water, paperHumidity, climate, moisture };
}

function humidityPercentOf(state: RoomState): number {
  return humidityPercent(state.temperatureC, state.moistureGM3);
}

function climateMode(state: RoomState, build: RoomBuild, input: RoomInput): RoomState['climate'] {
  if (input.hvac === 'off') return 'idle';
  const { temperature } = build.setPoint;
  const t = state.temperatureC;
  if (input.hvac === 'stuck-open') {
    return t < temperature + STUCK_TEMPERATURE_ABOVE_K ? 'heating' : 'idle';
  }
  if (t < temperature - build.temperatureDeadBandK) return 'heating';
  if (t > temperature + build.temperatureDeadBandK) return 'cooling';
  // A running unit goes on to the set-point; that is what a dead band is for.
  if (state.climate === 'heating' && t < temperature) return 'heating';
  if (state.climate === 'cooling' && t > temperature) return 'cooling';
  return 'idle';
}

function moistureMode(state: RoomState, build: RoomBuild, input: RoomInput): RoomState['moisture'] {
  if (input.hvac === 'off' || input.moisture === 'off') return 'idle';
  const h = humidityPercentOf(state);
  if (input.hvac === 'stuck-open') return h < STUCK_HUMIDITY_MAX ? 'humidifying' : 'idle';
  const wanted = build.setPoint.humidity + (input.humidistatError ?? 0);
  if (h < wanted - build.humidityDeadBand) return 'humidifying';
  if (h > wanted + build.humidityDeadBand) return 'drying';
  if (state.moisture === 'humidifying' && h < wanted) return 'humidifying';
  if (state.moisture === 'drying' && h > wanted) return 'drying';
  return 'idle';
}

function machineHeat(mode: RoomState['climate'], build: RoomBuild): number {
  if (mode === 'heating') return build.heatingKPerH;
  return mode === 'cooling' ? -build.coolingKPerH : 0;
}

function machineWater(mode: RoomState['moisture'], build: RoomBuild): number {
  if (mode === 'humidifying') return build.humidifierGM3PerH;
  return mode === 'drying' ? -build.dehumidifierGM3PerH : 0;
}
