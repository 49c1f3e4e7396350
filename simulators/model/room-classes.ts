/** What a room of each class is built like. All figures are our own, for believable behaviour; no standard names them. */

import type { RoomClass } from '../../domain/registry.ts';

export interface RoomBuild {
  /** How slowly walls let the outdoor temperature in, hours. */
  readonly timeConstantH: number;
  readonly airChangesPerH: number;
  /** Water that paper gives to the air for each %RH of difference, g/m³ per hour. */
  readonly bufferExchangeGM3PerH: number;
  /** Water that the room's paper holds for each %RH, in g per m³ of room. */
  readonly bufferCapacityGM3: number;
  readonly heatingKPerH: number;
  readonly coolingKPerH: number;
  readonly humidifierGM3PerH: number;
  readonly dehumidifierGM3PerH: number;
  readonly temperatureDeadBandK: number;
  readonly humidityDeadBand: number;
  /** Machines and lamps that always run, K/h. */
  readonly machineHeatKPerH: number;
  readonly setPoint: { readonly temperature: number; readonly humidity: number };
  /** Visits on a working day. */
  readonly visitsPerDay: number;
}

const store: RoomBuild = {
  timeConstantH: 48,
  airChangesPerH: 0.25,
  bufferExchangeGM3PerH: 0.3,
  bufferCapacityGM3: 45,
  heatingKPerH: 2,
  coolingKPerH: 2,
  humidifierGM3PerH: 5,
  dehumidifierGM3PerH: 5,
  temperatureDeadBandK: 0.4,
  humidityDeadBand: 1.2,
  machineHeatKPerH: 0,
  setPoint: { temperature: 20, humidity: 52 },
  visitsPerDay: 4,
};
const vault: RoomBuild = { ...store, timeConstantH: 72, airChangesPerH: 0.12, visitsPerDay: 1 };
const carrier: RoomBuild = {
  ...store,
  bufferExchangeGM3PerH: 0.08,
  bufferCapacityGM3: 4,
  visitsPerDay: 2,
};
const office: RoomBuild = {
  ...store,
  timeConstantH: 18,
  airChangesPerH: 0.8,
  bufferExchangeGM3PerH: 0.1,
  bufferCapacityGM3: 5,
  heatingKPerH: 4,
  coolingKPerH: 4,
  humidifierGM3PerH: 8,
  dehumidifierGM3PerH: 9,
  setPoint: { temperature: 22, humidity: 50 },
  visitsPerDay: 8,
};

function at(build: RoomBuild, temperature: number, humidity: number): RoomBuild {
  return { ...build, setPoint: { temperature, humidity } };
}

const builds: Readonly<Record<RoomClass, RoomBuild>> = {
  paper: store,
  special: at(vault, 18, 50),
  'av-tape': at(carrier, 18, 50),
  'film-copy': at(carrier, 18, 50),
  'film-master': at({ ...vault, bufferExchangeGM3PerH: 0.08, bufferCapacityGM3: 4 }, 14, 40),
  optical: at(carrier, 18, 36),
  magnetic: at(carrier, 18, 50),
  object: at(vault, 20, 50),
  server: at(
    {
      ...carrier,
      bufferExchangeGM3PerH: 0,
      machineHeatKPerH: 3,
      coolingKPerH: 8,
      timeConstantH: 24,
    },
    23,
    45,
  ),
  mounting: at(office, 22, 58),
  laboratory: office,
  copying: at(office, 22, 56),
  'av-reading': at(office, 22, 55),
  reading: { ...office, visitsPerDay: 14 },
  exhibition: at(office, 20, 52),
  workroom: { ...office, visitsPerDay: 10 },
  'service-hall': { ...office, visitsPerDay: 16 },
  receiving: office,
  'current-records': at(store, 20, 52),
  deacidification: office,
  buffer: { ...office, visitsPerDay: 6 },
  outdoor: { ...office, visitsPerDay: 0 },
};

/** How a room of this class is built, with the room's own set-point where it has one. */
export function buildOf(
  roomClass: RoomClass,
  setPoint?: { readonly temperature?: number; readonly humidity?: number },
): RoomBuild {
  const build = builds[roomClass];
  return { ...build, setPoint: { ...build.setPoint, ...setPoint } };
}
