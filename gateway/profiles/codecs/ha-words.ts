/** Home Assistant's words of MQTT discovery: abbreviations, and device classes -> our metrics. */

import type { BinaryMetric, NumberMetric } from '../../../domain/metrics.ts';

export type Fields = Readonly<Record<string, unknown>>;

/** Of a component: all keys that a sensor or a binary sensor may have. */
const COMPONENT_WORDS: Readonly<Record<string, string>> = {
  avty: 'availability',
  avty_mode: 'availability_mode',
  avty_t: 'availability_topic',
  avty_tpl: 'availability_template',
  cmps: 'components',
  def_ent_id: 'default_entity_id',
  dev: 'device',
  dev_cla: 'device_class',
  e: 'encoding',
  en: 'enabled_by_default',
  ent_cat: 'entity_category',
  ent_pic: 'entity_picture',
  exp_aft: 'expire_after',
  frc_upd: 'force_update',
  ic: 'icon',
  json_attr: 'json_attributes',
  json_attr_t: 'json_attributes_topic',
  json_attr_tpl: 'json_attributes_template',
  lrst_t: 'last_reset_topic',
  lrst_val_tpl: 'last_reset_value_template',
  migr_discvry: 'migrate_discovery',
  o: 'origin',
  obj_id: 'object_id',
  off_dly: 'off_delay',
  ops: 'options',
  p: 'platform',
  pl_avail: 'payload_available',
  pl_not_avail: 'payload_not_available',
  pl_off: 'payload_off',
  pl_on: 'payload_on',
  stat_cla: 'state_class',
  stat_t: 'state_topic',
  sug_dsp_prc: 'suggested_display_precision',
  uniq_id: 'unique_id',
  unit_of_meas: 'unit_of_measurement',
  val_tpl: 'value_template',
};

const DEVICE_WORDS: Readonly<Record<string, string>> = {
  cns: 'connections',
  cu: 'configuration_url',
  hw: 'hw_version',
  ids: 'identifiers',
  mdl: 'model',
  mdl_id: 'model_id',
  mf: 'manufacturer',
  sa: 'suggested_area',
  sn: 'serial_number',
  sw: 'sw_version',
};

/**
 * The fields with their whole names, and `~` put in at the beginning or end of topics. A whole name that is there
 * wins over its abbreviation. `base` is that of the device form, whose components may have none of their own.
 */
export function expandComponent(fields: Fields, base?: string): Fields {
  const whole = expanded(fields, COMPONENT_WORDS);
  const own = whole['~'];
  const start = typeof own === 'string' ? own : base;
  if (start === undefined) return whole;
  return Object.fromEntries(
    Object.entries(whole).map(([key, value]) => [
      key,
      typeof value === 'string' && key.endsWith('topic') ? withBase(value, start) : value,
    ]),
  );
}

export function expandDevice(fields: Fields): Fields {
  return expanded(fields, DEVICE_WORDS);
}

function expanded(fields: Fields, words: Readonly<Record<string, string>>): Fields {
  const whole: Record<string, unknown> = Object.create(null) as Record<string, unknown>;
  for (const [key, value] of Object.entries(fields)) {
    const long = Object.hasOwn(words, key) ? words[key] : undefined;
    if (long === undefined) whole[key] = value;
    else if (!Object.hasOwn(fields, long)) whole[long] = value;
  }
  return whole;
}

function withBase(topic: string, base: string): string {
  if (topic.startsWith('~')) return base + topic.slice(1);
  return topic.endsWith('~') ? topic.slice(0, -1) + base : topic;
}

/** Voltage, gas … are missing on purpose: of what, and how much is abnormal, the class does not say. */
const SENSOR_CLASSES: Readonly<Record<string, NumberMetric>> = {
  temperature: 'temperature',
  humidity: 'humidity',
  pressure: 'pressure',
  atmospheric_pressure: 'pressure',
  carbon_dioxide: 'co2',
  pm25: 'pm25',
  pm10: 'pm10',
  sulphur_dioxide: 'so2',
  nitrogen_dioxide: 'no2',
  ozone: 'o3',
  volatile_organic_compounds: 'tvoc',
  illuminance: 'illuminance',
  battery: 'battery',
  signal_strength: 'rssi',
};

/** In all of these "on" is the abnormal or open side, as in ours; in `online` it is being there. */
const BINARY_CLASSES: Readonly<Record<string, BinaryMetric>> = {
  smoke: 'smoke',
  heat: 'heat',
  moisture: 'water_leak',
  door: 'door_open',
  garage_door: 'door_open',
  opening: 'door_open',
  window: 'door_open',
  motion: 'motion',
  occupancy: 'motion',
  tamper: 'tamper',
  battery: 'battery_low',
  problem: 'fault',
  connectivity: 'online',
};

/** The metric of a device class; `undefined`: the class says nothing of ours. */
export function metricOfClass(
  component: 'sensor' | 'binary_sensor',
  deviceClass: unknown,
): NumberMetric | BinaryMetric | undefined {
  if (typeof deviceClass !== 'string') return undefined;
  const classes = component === 'sensor' ? SENSOR_CLASSES : BINARY_CLASSES;
  return Object.hasOwn(classes, deviceClass) ? classes[deviceClass] : undefined;
}
