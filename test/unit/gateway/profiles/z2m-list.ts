/** Zigbee2MQTT's `bridge/devices`, made up in the shape that its types give. */

export interface Zigbee {
  readonly name: string;
  readonly ieee: string;
  readonly more?: Readonly<Record<string, unknown>>;
}

const feature = (property: string) => ({
  type: 'numeric',
  name: property,
  label: property,
  property,
  access: 1,
});

/** A climate sensor, unless `more` says otherwise. */
export function listedDevice({ name, ieee, more = {} }: Zigbee): Readonly<Record<string, unknown>> {
  return {
    ieee_address: ieee,
    friendly_name: name,
    type: 'EndDevice',
    network_address: 4711,
    supported: true,
    disabled: false,
    power_source: 'Battery',
    model_id: 'lumi.weather',
    manufacturer: 'LUMI',
    interview_completed: true,
    interview_state: 'SUCCESSFUL',
    definition: {
      source: 'native',
      model: 'WSDCGQ11LM',
      vendor: 'Aqara',
      description: 'Temperature and humidity sensor',
      exposes: ['temperature', 'humidity', 'battery', 'power_outage_count'].map(feature),
      options: [],
      supports_ota: false,
    },
    endpoints: {
      '1': {
        bindings: [
          {
            cluster: 'genPowerCfg',
            target: { type: 'endpoint', endpoint: 1, ieee_address: '0x0' },
          },
        ],
        configured_reportings: [],
        clusters: { input: ['genBasic', 'msTemperatureMeasurement'], output: ['genBasic'] },
        scenes: [],
      },
    },
    ...more,
  };
}

const COORDINATOR = {
  ieee_address: '0x00124b0000000000',
  friendly_name: 'Coordinator',
  type: 'Coordinator',
  supported: true,
  disabled: false,
  interview_state: 'SUCCESSFUL',
  definition: null,
  endpoints: {},
};

/** The coordinator first, as the source has it. */
export function bridgeDevices(...devices: readonly Zigbee[]): readonly unknown[] {
  return [COORDINATOR, ...devices.map(listedDevice)];
}
