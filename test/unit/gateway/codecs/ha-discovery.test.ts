import { describe, expect, it } from 'vitest';
import { haDiscovery } from '../../../../gateway/profiles/codecs/ha-discovery.ts';
import { pathOfTemplate } from '../../../../gateway/profiles/codecs/ha-template.ts';
import { bytesOf, fixtures, inputOf } from './support.ts';

const TOPIC = 'homeassistant/sensor/th1/temp/config';
const good = {
  state_topic: 'th/1',
  device_class: 'temperature',
  unit_of_measurement: '°C',
  value_template: '{{ value_json.t }}',
  device: { identifiers: ['th1'], name: 'Vault 2', model: 'TH', manufacturer: 'M' },
};

function decode(config: unknown, topic = TOPIC, memory = haDiscovery.newMemory()) {
  const payload = typeof config === 'string' ? config : JSON.stringify(config);
  return haDiscovery.decode(inputOf(payload, { topic }), memory);
}

describe('templates that would have to be run', () => {
  it.each([
    '{{ value_json }}',
    '{{ value.temperature }}',
    '{{ value | float * 2 }}',
    '{{ value_json.t * 0.1 }}',
    '{{ value_json.t | float(0) }}',
    '{{ value_json.t | default(0) }}',
    '{{ value_json.t | round(n) }}',
    '{{ value_json.t | round(1, "floor") }}',
    "{{ 'ON' if value_json.smoke else 'OFF' }}",
    '{% if value_json.a %}1{% endif %}',
    '{{ value_json.a }}{{ value_json.b }}',
    '{{ value_json.a }} °C',
    'value_json.a',
    '{{ value_json["a.b"] }}',
    '{{ value_json["a\\"b"] }}',
    '{{ value_json[\'a"] }}',
    '{{ value_json[a] }}',
    '{{ value_json[] }}',
    '{{ value_json[""] }}',
    '{{ value_json[-1] }}',
    '{{ value_json..a }}',
    '{{ value_json.a. }}',
    '{{ value_json.get("a") }}',
    '{{ value_jsonx.a }}',
    '{{ valuex }}',
    '{{',
    '{{}}',
    `{{ value_json.${'a'.repeat(300)} }}`,
  ])('%s', (template) => {
    const result = pathOfTemplate(template);
    expect(result.ok).toBe(false);
    expect(result.ok ? '' : result.why).toMatch(/^The template .* is more than a path\.$/s);
  });
});

describe('templates that are a path', () => {
  it.each([
    [undefined, undefined],
    ['', undefined],
    ['{{ value }}', undefined],
    ['{{value|float}}', undefined],
    ['{{ value | int }}', undefined],
    ['{{ value_json.a }}', 'a'],
    ['{{value_json.a.b_2}}', 'a.b_2'],
    ['{{ value_json["a"] }}', 'a'],
    ["{{ value_json['a b']['溫度'].c }}", 'a b.溫度.c'],
    ['{{ value_json.list[0].t }}', 'list[0].t'],
    ['{{ value_json.t | float | round(1) }}', 't'],
    ['{{- value_json.t | round -}}', 't'],
  ])('%s', (template, path) => {
    expect(pathOfTemplate(template)).toEqual({ ok: true, path });
  });
});

describe('discovery that is refused', () => {
  it.each([
    ['a topic of another kind', good, 'th/1/config', 'ha-topic'],
    ['a topic without an object', good, 'homeassistant/sensor/config', 'ha-topic'],
    ['no JSON', '{', TOPIC, 'not-json'],
    ['an array', [], TOPIC, 'ha-not-an-object'],
    [
      'a device without components',
      { dev: {} },
      'homeassistant/device/a/config',
      'ha-no-components',
    ],
  ])('as a message: %s', (...[, config, topic, code]) => {
    const output = decode(config, topic);
    expect(output.refusal?.code).toBe(code);
    expect(output.proposals).toEqual([]);
  });

  it.each([
    ['a switch', good, 'homeassistant/switch/a/config', /"switch" is not read/],
    ['no topic', { ...good, state_topic: undefined }, TOPIC, /no topic/],
    ['a topic with a wildcard', { ...good, state_topic: 'th/+' }, TOPIC, /no topic/],
    ['raw payloads', { ...good, encoding: '' }, TOPIC, /UTF-8/],
    [
      'a template that computes',
      { ...good, value_template: '{{ value|float/10 }}' },
      TOPIC,
      /more than a path/,
    ],
    ['a template that is no text', { ...good, value_template: 5 }, TOPIC, /not text/],
    [
      'on and off alike',
      { ...good, pl_on: 'x', pl_off: 'x' },
      'homeassistant/binary_sensor/a/config',
      /the same/,
    ],
    ['on is an object', { ...good, pl_on: {} }, 'homeassistant/binary_sensor/a/config', /no words/],
  ])('as a proposal with a sentence: %s', (...[, config, topic, why]) => {
    const { proposals, refusal } = decode(config, topic);
    expect(refusal).toBeUndefined();
    expect(proposals).toHaveLength(1);
    expect(proposals[0]).toMatchObject({ device: 'th1', metrics: [] });
    expect(proposals[0]?.refused).toMatch(why);
  });

  it('a device with too many components is refused as one', () => {
    const cmps = Object.fromEntries(Array.from({ length: 300 }, (_, i) => [`c${i}`, good]));
    const { proposals } = decode({ dev: { ids: 'd' }, cmps }, 'homeassistant/device/d/config');
    expect(proposals).toMatchObject([{ device: 'd', metrics: [] }]);
    expect(proposals[0]?.refused).toMatch(/more than 256/);
  });
});

describe('discovery that proposes', () => {
  it('a sensor, with its device', () => {
    expect(decode(good).proposals).toEqual([
      {
        device: 'th1',
        name: 'Vault 2',
        model: 'TH',
        manufacturer: 'M',
        metrics: [{ metric: 'temperature', topic: 'th/1', path: 't', unit: '°C' }],
      },
    ]);
  });

  it('the same from abbreviations and a base topic', () => {
    const short = {
      '~': 'th/1',
      stat_t: '~',
      dev_cla: 'temperature',
      unit_of_meas: '°C',
      val_tpl: '{{ value_json.t }}',
      dev: { ids: 'th1', name: 'Vault 2', mdl: 'TH', mf: 'M' },
    };
    expect(decode(short).proposals).toEqual(decode(good).proposals);
  });

  it.each([
    ['at the beginning', '~/state', 'base/th/state'],
    ['at the end', 'state/~', 'state/base/th'],
    ['not inside', 'a/~/b', 'a/~/b'],
  ])('a base topic is put in %s', (_, stat_t, topic) => {
    const [proposal] = decode({
      ...good,
      state_topic: undefined,
      stat_t,
      '~': 'base/th',
    }).proposals;
    if (proposal?.refused) throw new Error(proposal.refused);
    expect(proposal?.metrics[0]?.topic).toBe(topic);
  });

  it.each([
    ['smoke', 'smoke'],
    ['moisture', 'water_leak'],
    ['tamper', 'tamper'],
    ['window', 'door_open'],
    ['battery', 'battery_low'],
    ['power', 'x.t'],
    ['lock', 'x.t'],
    [undefined, 'x.t'],
  ])('a binary sensor of class %s as %s', (device_class, metric) => {
    const topic = 'homeassistant/binary_sensor/a/config';
    const [proposal] = decode({ ...good, device_class }, topic).proposals;
    expect(proposal?.metrics).toEqual([
      { metric, topic: 'th/1', path: 't', map: { ON: 1, OFF: 0 } },
    ]);
  });

  it.each([
    ['a dew point has the class of a temperature', 'temperature', '°C', 'dew_point', 'dew_point'],
    ['a unit that is not the metric’s', 'temperature', 'V', 't', 'x.t'],
    ['Fahrenheit, as the source gives it', 'temperature', '°F', 't', 'temperature'],
    ['volts of anything', 'voltage', 'V', 'u', 'x.u'],
    ['a battery in percent', 'battery', '%', 'b', 'battery'],
    ['link quality without a class', undefined, 'lqi', 'linkquality', 'link_quality'],
  ])('%s', (...[, device_class, unit_of_measurement, key, metric]) => {
    const value_template = `{{ value_json.${key} }}`;
    const [proposal] = decode({
      ...good,
      device_class,
      unit_of_measurement,
      value_template,
    }).proposals;
    expect(proposal?.metrics[0]).toMatchObject({ metric, unit: unit_of_measurement });
  });

  it('a device with components: one proposal, and a sentence for each that is refused', () => {
    const output = decode(
      {
        '~': 'dev/7',
        dev: { ids: ['7'] },
        o: { name: 'x' },
        stat_t: '~/state',
        cmps: {
          t: {
            p: 'sensor',
            dev_cla: 'temperature',
            unit_of_meas: '°C',
            val_tpl: '{{value_json.t}}',
          },
          w: { p: 'binary_sensor', dev_cla: 'moisture', stat_t: '~/leak' },
          s: { p: 'switch', name: 'relay' },
          gone: { p: 'sensor' },
          odd: 5,
        },
      },
      'homeassistant/device/7/config',
    );
    expect(output.proposals).toMatchObject([
      {
        device: '7',
        metrics: [
          { metric: 'temperature', topic: 'dev/7/state', path: 't' },
          { metric: 'water_leak', topic: 'dev/7/leak', map: { ON: 1, OFF: 0 } },
        ],
      },
      { device: '7', name: 'relay', metrics: [] },
      { device: '7', name: 'odd', metrics: [] },
    ]);
    expect(output.proposals[0]?.refused).toBeUndefined();
    expect(output.proposals[1]?.refused).toMatch(/"switch"/);
  });
});

describe('discovery that withdraws', () => {
  it('an empty payload takes back what the topic proposed', () => {
    const memory = haDiscovery.newMemory();
    const { proposals } = decode(good, TOPIC, memory);
    const withdrawn = decode('', TOPIC, memory).proposals;
    const { device, metrics } = proposals[0] ?? {};
    expect(withdrawn).toEqual([{ device, metrics, removed: true }]);
  });

  it('after a restart it still names the object', () => {
    expect(decode('').proposals).toEqual([{ device: 'th1/temp', metrics: [], removed: true }]);
  });

  it('a component that the next list does not have is withdrawn', () => {
    const memory = haDiscovery.newMemory();
    const topic = 'homeassistant/device/7/config';
    const t = { p: 'sensor', stat_t: 'a', dev_cla: 'temperature' };
    const h = { p: 'sensor', stat_t: 'b', dev_cla: 'humidity' };
    decode({ dev: { ids: '7' }, cmps: { t, h } }, topic, memory);
    const { proposals } = decode(
      { dev: { ids: '7' }, cmps: { t, h: { p: 'sensor' } } },
      topic,
      memory,
    );
    expect(proposals).toMatchObject([
      { device: '7', metrics: [{ metric: 'temperature' }] },
      { device: '7', metrics: [{ metric: 'humidity' }], removed: true },
    ]);
  });

  it('remembers no more than it may', () => {
    const memory = haDiscovery.newMemory();
    for (let i = 0; i < 6_000; i += 1) decode(good, `homeassistant/sensor/s${i}/config`, memory);
    expect(memory.proposed.size).toBe(5_000);
    expect(memory.metrics).toBe(5_000);
  });
});

describe('discovery fixtures', () => {
  it.each(fixtures('ha_discovery').map((fixture) => [fixture.id, fixture] as const))(
    '%s',
    (_, fixture) => {
      const { topic } = fixture;
      const output = haDiscovery.decode(
        inputOf(bytesOf(fixture), { topic }),
        haDiscovery.newMemory(),
      );
      const { state_topic, path, metric, unit, map } = fixture.expected_binding ?? {};
      const numbers =
        map === undefined
          ? undefined
          : Object.entries(map ?? {}).map(([word, is]) => [word, Number(is)]);
      expect(output.samples).toEqual([]);
      expect(output.proposals).toHaveLength(1);
      expect(output.proposals[0]?.metrics).toEqual([
        {
          metric,
          topic: state_topic,
          path,
          ...(unit === undefined ? {} : { unit }),
          ...(numbers === undefined ? {} : { map: Object.fromEntries(numbers) }),
        },
      ]);
    },
  );
});
